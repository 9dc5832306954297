// Running contracts: get methods, fee estimates and sending.

import type { TupleItem } from "@ton/core";
import { beginCell, type Cell, loadMessage, storeMessage } from "@ton/core";
import { blockId, configParameter, type Ledger } from "../ledger/index.ts";
import { type Params, refuse } from "./params.ts";
import { blockIdExt, type Json, transactionId } from "./shapes.ts";
import { entryOf, pairOf, parseStack } from "./stack.ts";

/** What a node answers for a get method of an account without code. */
export const exitCodeNoCode = -13;
const methodIdMax = 2 ** 31 - 1;

export function runGetMethod(ledger: Ledger, params: Params): Promise<Json> {
  return run(ledger, params, pairOf);
}

export function runGetMethodStd(ledger: Ledger, params: Params): Promise<Json> {
  return run(ledger, params, entryOf);
}

async function run(
  ledger: Ledger,
  params: Params,
  render: (item: TupleItem) => unknown,
): Promise<Json> {
  const address = params.address("address");
  const stack = parseStack(params.unknown("stack") ?? []);
  const output = await ledger.runGetMethod(address, methodOf(params), stack);
  const { lastLt, lastHash } = ledger.account(address);
  return {
    "@type": "smc.runResult",
    gas_used: output?.gasUsed ?? 0,
    stack: output?.stack.map(render) ?? [],
    exit_code: output?.exitCode ?? exitCodeNoCode,
    block_id: blockIdExt(blockId(ledger.lastBlock, -1)),
    last_transaction_id: transactionId(lastLt, lastHash),
  };
}

export async function sendBoc(ledger: Ledger, params: Params): Promise<Json> {
  await ledger.send(params.bytes("boc"));
  return { "@type": "ok" };
}

export async function sendBocReturnHash(ledger: Ledger, params: Params): Promise<Json> {
  const message = await ledger.send(params.bytes("boc"));
  return {
    "@type": "raw.extMessageInfo",
    hash: message.hash().toString("base64"),
    hash_norm: normalizedHash(message).toString("base64"),
  };
}

export async function estimateFee(ledger: Ledger, params: Params): Promise<Json> {
  const address = params.address("address");
  const ignoreSignatures = params.boolean("ignore_chksig", true);
  const init = params.has("init_code")
    ? { code: params.cell("init_code"), data: params.cell("init_data") }
    : undefined;
  const fees = await ledger.estimate(address, params.cell("body"), {
    ignoreSignatures,
    ...(init && { init }),
  });
  const source = {
    "@type": "fees",
    in_fwd_fee: Number(fees.importNanotons),
    storage_fee: Number(fees.storageNanotons),
    gas_fee: Number(fees.gasNanotons),
    fwd_fee: Number(fees.forwardNanotons),
  };
  return { "@type": "query.fees", source_fees: source, destination_fees: [] };
}

export function getConfigParam(ledger: Ledger, params: Params): Json | undefined {
  const index = params.integer(params.has("param") ? "param" : "config_id");
  const cell = configParameter(ledger.config, index);
  return cell && configJson(cell);
}

export function getConfigAll(ledger: Ledger): Json {
  return configJson(ledger.config);
}

function configJson(cell: Cell): Json {
  return {
    "@type": "configInfo",
    config: { "@type": "tvm.cell", bytes: cell.toBoc().toString("base64") },
  };
}

/** A name, or a number in either notation of JSON or a query. */
export function methodOf(params: Params): string | number {
  const method = params.unknown("method");
  if (typeof method === "string" && !/^\d+$/.test(method)) {
    if (method === "" || method.length > 128) throw refuse("method");
    return method;
  }
  const id = params.integer("method");
  if (id < 0 || id > methodIdMax) throw refuse("method");
  return id;
}

/** The hash that a message has however it was stored: TEP-467, "normalized message hash". */
export function normalizedHash(message: Cell): Buffer {
  const { info, body } = loadMessage(message.beginParse());
  if (info.type !== "external-in") throw new RangeError("not an external message");
  const normalized = { info: { ...info, src: undefined, importFee: 0n }, body };
  const options = { forceRef: true };
  return beginCell().store(storeMessage(normalized, options)).endCell().hash();
}
