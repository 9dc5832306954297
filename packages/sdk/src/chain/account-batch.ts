// Many accounts in one request: toncenter's API v3.

import { Cell } from "@ton/core";
import {
  CocoonError,
  fromBase64,
  JsonReader,
  nanotons,
  parseJson,
  type RawAddress,
  toHex,
} from "@cocoon/protocol";
import { absentAccount, type TonAccount } from "../account/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { headersOf } from "./toncenter.ts";

/** What fits a URL comfortably: 70 characters each. */
export const batchMax = 100;
/** Of code and data of one account, in base64. */
const bocLengthMax = 100_000;
const code = "chain_unavailable";

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
  const listed = await list(endpoint, addresses, { includeBoc: false, signal });
  return listed && new Map(addresses.map((address) => [address, listed.get(address)?.lt ?? 0n]));
}

/**
 * Up to 100 accounts as an indexer has them, which may be behind the chain; or undefined when the endpoint can't tell.
 * Throws network_mismatch.
 */
export async function accountBatch(
  endpoint: Endpoint,
  addresses: readonly RawAddress[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RawAddress, TonAccount> | undefined> {
  const listed = await list(endpoint, addresses, { includeBoc: true, signal });
  return (
    listed &&
    new Map(addresses.map((address) => [address, listed.get(address)?.account ?? absentAccount]))
  );
}

type Listed = { readonly lt: bigint; readonly account: TonAccount };

async function list(
  endpoint: Endpoint,
  addresses: readonly RawAddress[],
  { includeBoc, signal }: { readonly includeBoc: boolean; readonly signal: AbortSignal },
): Promise<ReadonlyMap<RawAddress, Listed> | undefined> {
  const url = accountStatesUrl(endpoint);
  if (url === undefined) return undefined;
  try {
    await endpoint.ready();
    if (!(await endpoint.pace.turn())) return undefined;
    const query = addresses.map((address) => `&address=${address}`).join("");
    const response = await fetch(`${url}?include_boc=${includeBoc}${query}`, {
      headers: headersOf(endpoint.options),
      signal,
    });
    const text = await response.text();
    return response.ok ? readAccounts(text) : undefined;
  } catch (error) {
    if (error instanceof CocoonError && error.code === "network_mismatch") throw error;
    return undefined;
  }
}

function readAccounts(text: string): ReadonlyMap<RawAddress, Listed> {
  const json = new JsonReader(parseJson(text, code), code);
  return new Map(
    json.objects("accounts", batchMax).map((account) => {
      const lt = readLt(account);
      return [account.string("address").toLowerCase(), { lt, account: readAccount(account, lt) }];
    }),
  );
}

function readLt(account: JsonReader): bigint {
  const text = account.has("last_transaction_lt") ? account.string("last_transaction_lt", 20) : "0";
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}

function readAccount(account: JsonReader, lastLt: bigint): TonAccount {
  const status = account.string("status", 16);
  const hash = account.has("last_transaction_hash") ? account.string("last_transaction_hash") : "";
  return {
    balance: nanotons(BigInt(account.string("balance", 20))),
    status: status === "active" || status === "frozen" ? status : "uninitialized",
    code: readBoc(account, "code_boc"),
    data: readBoc(account, "data_boc"),
    lastLt,
    lastHash: lastLt === 0n ? undefined : toHex(fromBase64(hash) ?? new Uint8Array()),
  };
}

function readBoc(account: JsonReader, name: string): Cell | undefined {
  return account.has(name) ? Cell.fromBase64(account.string(name, bocLengthMax)) : undefined;
}
