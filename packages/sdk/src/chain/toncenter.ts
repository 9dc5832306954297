// toncenter's API v2 over JSON-RPC: the calls that a client makes. https://toncenter.com/api/v2

import { Cell, loadTransaction, type Transaction, type TupleItem } from "@ton/core";
import {
  CocoonError,
  fromBase64,
  JsonReader,
  nanotons,
  parseJson,
  type RawAddress,
  toBase64,
  toHex,
} from "@cocoon/protocol";
import type { TonAccount } from "../account/index.ts";
import type { EndpointOptions } from "./endpoint-options.ts";

/** What a get method gave. */
export type GetResult = { readonly exitCode: number; readonly stack: readonly TupleItem[] };

/** An account at the chain's time of the endpoint's view, Unix seconds. */
export type SeenAccount = { readonly account: TonAccount; readonly atSeconds: number };

/** A transaction's name as the API writes it: the hash in base64. */
export type WireName = { readonly lt: string; readonly hash: string };

const code = "chain_unavailable";
/** An account's code and data, or a transaction, in base64. */
const bocLengthMax = 2_097_152;
const pageMax = 1_000;
const stackMax = 1_024;

/** Each method is one request. What they throw is for endpointFailure(): an Error, or chain_unavailable. */
export class Toncenter {
  readonly #endpoint: EndpointOptions;
  readonly #timeoutMs: number;

  constructor(endpoint: EndpointOptions, timeoutMs: number) {
    this.#endpoint = endpoint;
    this.#timeoutMs = timeoutMs;
  }

  async masterchainSeqno(): Promise<number> {
    const info = await this.#object("getMasterchainInfo", {});
    return info.object("last").uint("seqno");
  }

  async account(address: RawAddress): Promise<SeenAccount> {
    const info = await this.#object("getAddressInformation", { address });
    const { lt, hash } = readName(info.object("last_transaction_id"));
    const lastLt = BigInt(lt);
    return {
      account: {
        balance: nanotons(BigInt(readDecimal(info, "balance"))),
        status: info.oneOf("state", ["active", "uninitialized", "frozen"] as const),
        code: readBag(info.string("code", bocLengthMax)),
        data: readBag(info.string("data", bocLengthMax)),
        lastLt,
        lastHash: lastLt === 0n ? undefined : toHex(fromBase64(hash) ?? new Uint8Array()),
      },
      atSeconds: info.uint("sync_utime"),
    };
  }

  async runGetMethod(
    address: RawAddress,
    method: string,
    stack: readonly TupleItem[],
  ): Promise<GetResult> {
    const result = await this.#object("runGetMethod", {
      address,
      method,
      stack: stack.map(writeItem),
    });
    return {
      exitCode: result.int("exit_code"),
      stack: result.array("stack", stackMax).map(readItem),
    };
  }

  /** A page of an account's history, newest first: up to `limit`, the one that is named the first of them. */
  async transactions(
    address: RawAddress,
    limit: number,
    from?: WireName,
  ): Promise<readonly { readonly name: WireName; readonly transaction: Transaction }[]> {
    const name = from && { lt: from.lt, hash: toHex(fromBase64(from.hash) ?? new Uint8Array()) };
    const result = await this.#call("getTransactions", { address, limit, ...name });
    const page = new JsonReader({ page: result }, code).objects("page", pageMax);
    return page.slice(0, limit).map((one) => {
      const bag = readBag(one.string("data", bocLengthMax));
      if (bag === undefined) throw new CocoonError(code, { field: "data" });
      return {
        name: readName(one.object("transaction_id")),
        transaction: loadTransaction(bag.beginParse()),
      };
    });
  }

  async send(message: Uint8Array): Promise<void> {
    await this.#call("sendBoc", { boc: toBase64(message) });
  }

  async #object(method: string, params: object): Promise<JsonReader> {
    return new JsonReader(await this.#call(method, params), code);
  }

  async #call(method: string, params: object): Promise<unknown> {
    const response = await fetch(this.#endpoint.url, {
      method: "POST",
      headers: headersOf(this.#endpoint),
      body: JSON.stringify({ id: "1", jsonrpc: "2.0", method, params }),
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    const answer = new JsonReader(parseJson(text, code), code);
    if (!answer.boolean("ok")) throw new Error(text);
    return answer.unknown("result");
  }
}

/** What each request to an endpoint carries. */
export function headersOf({ apiKey }: EndpointOptions): Readonly<Record<string, string>> {
  const key = apiKey === undefined ? {} : { "x-api-key": apiKey };
  return { "content-type": "application/json", ...key };
}

function readName(json: JsonReader): WireName {
  return { lt: readDecimal(json, "lt"), hash: json.string("hash", 64) };
}

/** Some answers have numbers where others have texts. */
function readDecimal(json: JsonReader, name: string): string {
  const value = json.unknown(name);
  const text = typeof value === "number" || typeof value === "string" ? String(value) : "";
  if (!/^\d{1,39}$/.test(text)) throw new CocoonError(code, { field: name });
  return text;
}

function readBag(text: string): Cell | undefined {
  return text === "" ? undefined : Cell.fromBase64(text);
}

function writeItem(item: TupleItem): readonly [string, string] {
  if (item.type === "int") return ["num", item.value.toString()];
  if (item.type === "cell") return ["tvm.Cell", toBase64(item.cell.toBoc())];
  if (item.type === "slice") return ["tvm.Slice", toBase64(item.cell.toBoc())];
  throw new RangeError("no such argument");
}

function readItem(value: unknown): TupleItem {
  const item = new JsonReader({ item: value }, code).array("item", 2);
  const [type, content] = item;
  if (type === "num") return { type: "int", value: readInteger(content) };
  if (type === "null") return { type: "null" };
  if (type === "cell" || type === "slice") {
    const cell = readBag(new JsonReader(content, code).string("bytes", bocLengthMax));
    if (cell !== undefined) return { type, cell };
  }
  throw new CocoonError(code, { field: "stack" });
}

/** Decimal or hexadecimal, after a minus. */
function readInteger(value: unknown): bigint {
  const [, minus, digits] = /^(-?)(0x[0-9a-f]+|\d+)$/i.exec(String(value)) ?? [];
  if (digits === undefined) throw new CocoonError(code, { field: "stack" });
  return minus === "-" ? -BigInt(digits) : BigInt(digits);
}
