// New coins of a devnet, which are worth nothing.

import { CocoonError, type Nanotons, type RawAddress } from "@cocoon/protocol";

/**
 * Coins out of nothing, from the devnet whose JSON-RPC is at this endpoint, such as "http://127.0.0.1:10020/api/v2/jsonRPC".
 * Resolves when they are on the chain. Throws chain_unavailable.
 */
export async function fundFromFaucet(
  endpoint: string,
  address: RawAddress,
  amount: Nanotons,
): Promise<void> {
  const response = await fetch(new URL("/devnet/faucet", endpoint), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ address, nanotons: amount.toString() }),
  }).catch((cause: unknown) => {
    throw new CocoonError("chain_unavailable", { reason: "no devnet" }, { cause });
  });
  await response.arrayBuffer();
  if (!response.ok) throw new CocoonError("chain_unavailable", { status: response.status });
}
