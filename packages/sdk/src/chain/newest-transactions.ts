// Whether accounts have changed, for many of them in one request: toncenter's API v3.

import { CocoonError, JsonReader, parseJson, type RawAddress } from "@cocoon/protocol";
import { type Endpoint, headersOf } from "./endpoint.ts";

/** What fits a URL comfortably: 70 characters each. */
export const batchMax = 100;

/** Where an endpoint has API v3, or undefined when its URL is not of toncenter's form. */
function accountStatesUrl({ options }: Endpoint): string | undefined {
  const match = /^(.*\/api)\/v2\/jsonRPC$/.exec(options.url);
  return match?.[1] === undefined ? undefined : `${match[1]}/v3/accountStates`;
}

/**
 * Logical time of the newest transaction of up to 100 accounts, 0 where there is none; or undefined when the endpoint
 * can't tell. Only good for a hint: an indexer may be behind. Throws network_mismatch.
 */
export async function newestTransactions(
  endpoint: Endpoint,
  addresses: readonly RawAddress[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RawAddress, bigint> | undefined> {
  const url = accountStatesUrl(endpoint);
  if (url === undefined) return undefined;
  try {
    await endpoint.ready();
    if (!(await endpoint.pace.turn())) return undefined;
    const query = addresses.map((address) => `&address=${address}`).join("");
    const response = await fetch(`${url}?include_boc=false${query}`, {
      headers: headersOf(endpoint.options),
      signal,
    });
    const text = await response.text();
    return response.ok ? readStates(text, addresses) : undefined;
  } catch (error) {
    if (error instanceof CocoonError && error.code === "network_mismatch") throw error;
    return undefined;
  }
}

function readStates(
  text: string,
  addresses: readonly RawAddress[],
): ReadonlyMap<RawAddress, bigint> {
  const newest = new Map<RawAddress, bigint>(addresses.map((address) => [address, 0n]));
  const json = new JsonReader(parseJson(text, "chain_unavailable"), "chain_unavailable");
  for (const account of json.objects("accounts", batchMax)) {
    const address = account.string("address").toLowerCase();
    const lt = account.has("last_transaction_lt") ? account.string("last_transaction_lt", 20) : "0";
    if (newest.has(address) && /^\d+$/.test(lt)) newest.set(address, BigInt(lt));
  }
  return newest;
}
