// Money on a devnet, for a page without a wallet: the devnet's faucet opens the channel itself.

import {
  CocoonError,
  JsonReader,
  type Nanotons,
  parseJson,
  type RawAddress,
  toBase64,
} from "@cocoon/protocol";
import type { Payer } from "../spend/index.ts";

/** Pays with coins that are worth nothing, on a devnet and nowhere else. What is left of a channel goes back to nobody. */
export type DevnetPayer = Payer & { readonly isDevnet: true };

/** TON's global id of devnets. */
const devnetId = -7_239;

/**
 * The faucet of the devnet that serves this endpoint, such as "http://127.0.0.1:10020/api/v2/jsonRPC". Throws
 * network_mismatch where it is no devnet, and chain_unavailable.
 */
export async function createDevnetPayer(endpoint: string): Promise<DevnetPayer> {
  const { result } = await call(new URL("/devnet", endpoint));
  const served = result.int("network_id");
  if (served !== devnetId)
    throw new CocoonError("network_mismatch", { expected: devnetId, served });
  return {
    isDevnet: true,
    address: result.address("faucet"),
    pay: async ({ to, value, init, body }) => {
      const bagOf = (cell: { toBoc(): Uint8Array }): string => toBase64(cell.toBoc());
      await call(new URL("/devnet/send", endpoint), {
        address: to,
        nanotons: value.toString(),
        ...(body !== undefined && { body: bagOf(body) }),
        ...(init !== undefined && { code: bagOf(init.code), data: bagOf(init.data) }),
      });
    },
  };
}

/** New coins of a devnet, for whoever wants them. Throws chain_unavailable. */
export async function fundFromFaucet(
  endpoint: string,
  address: RawAddress,
  amount: Nanotons,
): Promise<void> {
  const fields = { address, nanotons: amount.toString() };
  await call(new URL("/devnet/faucet", endpoint), fields);
}

/** A control of the devnet. Throws chain_unavailable. */
async function call(url: URL, fields?: object): Promise<{ readonly result: JsonReader }> {
  const response = await fetch(url, {
    ...(fields !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(fields),
    }),
  }).catch((cause: unknown) => {
    throw new CocoonError("chain_unavailable", { reason: "no devnet" }, { cause });
  });
  const text = await response.text();
  if (!response.ok) throw new CocoonError("chain_unavailable", { status: response.status });
  const code = "chain_unavailable";
  return { result: new JsonReader(parseJson(text, code), code).object("result") };
}
