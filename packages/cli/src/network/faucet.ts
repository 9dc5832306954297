import { CocoonError, type RawAddress } from "@cocoon/protocol";

/** Makes money on a devnet, given its JSON-RPC endpoint. Resolves when it is durable. Throws chain_unavailable. */
export async function mint(endpoint: string, address: RawAddress, amount: bigint): Promise<void> {
  try {
    const response = await fetch(new URL("/devnet/faucet", endpoint), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ address, nanotons: amount.toString() }),
    });
    await response.text();
    if (response.ok) return;
    throw new CocoonError("chain_unavailable", { status: response.status });
  } catch (error) {
    if (error instanceof CocoonError) throw error;
    throw new CocoonError("chain_unavailable", { reason: "no devnet" }, { cause: error });
  }
}
