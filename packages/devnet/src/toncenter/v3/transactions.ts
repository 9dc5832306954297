import { Cell, loadMessage } from "@ton/core";
import { type Ledger, messagesOf, type TransactionRow } from "../../ledger/index.ts";
import { normalizedHash } from "../contracts.ts";
import { type Params, refuse } from "../params.ts";
import type { Json } from "../shapes.ts";
import { noBook } from "./shapes.ts";
import { hexOpcode, viewRow } from "./transaction-view.ts";

const limitDefault = 10;
export const limitMax = 1_000;
const addressesMax = 1_000;
/** There is no index of messages: a search for one looks at so many transactions, the newest first. */
export const searchedMax = 2_000;

export async function transactions(ledger: Ledger, params: Params): Promise<Json> {
  const fits = filterOf(ledger, params);
  return view(ledger, params, ledger.history.rows.filter(fits));
}

/** All transactions that took a message in, or sent it. Needs a hash of the message or of its body, or an opcode. */
export async function transactionsByMessage(ledger: Ledger, params: Params): Promise<Json> {
  const found: TransactionRow[] = [];
  const isWanted = messageFilter(params);
  for (const row of ledger.history.rows.slice(-searchedMax)) {
    const { boc } = await ledger.transaction(row);
    const { incoming, outgoing } = messagesOf(Cell.fromBase64(boc));
    if (isWanted(incoming, outgoing)) found.push(row);
  }
  return view(ledger, params, found);
}

/** Rows in the order that is asked for, the newest first unless it is said otherwise. */
export function pageOf(params: Params, rows: readonly TransactionRow[]): readonly TransactionRow[] {
  const sort = params.has("sort") ? params.text("sort") : "desc";
  if (sort !== "desc" && sort !== "asc") throw refuse("sort");
  const offset = Number(params.bigint("offset") ?? 0n);
  const limit = params.count("limit", limitDefault, limitMax);
  const ordered = sort === "asc" ? rows : rows.toReversed();
  return ordered.slice(offset, offset + limit);
}

async function view(
  ledger: Ledger,
  params: Params,
  rows: readonly TransactionRow[],
): Promise<Json> {
  const page = pageOf(params, rows);
  return { transactions: await Promise.all(page.map((row) => viewRow(ledger, row))), ...noBook };
}

function filterOf(ledger: Ledger, params: Params): (row: TransactionRow) => boolean {
  const accounts = new Set(params.addresses("account", addressesMax));
  const excluded = new Set(params.addresses("exclude_account", addressesMax));
  const hash = params.hash("hash");
  const lt = params.bigint("lt");
  const start = params.bigint("start_lt") ?? 0n;
  const end = params.bigint("end_lt");
  const seqno = params.has("mc_seqno") ? params.integer("mc_seqno") : undefined;
  const checks: ((row: TransactionRow) => boolean)[] = [
    (row) => accounts.size === 0 || accounts.has(row.account),
    (row) => !excluded.has(row.account),
    (row) => hash === undefined || row.hash === hash,
    (row) => lt === undefined || row.lt === lt,
    (row) => row.lt >= start && (end === undefined || row.lt <= end),
    (row) => seqno === undefined || ledger.history.blockAtLt(row.lt)?.seqno === seqno,
  ];
  return (row) => checks.every((fits) => fits(row));
}

function messageFilter(
  params: Params,
): (incoming: Cell | undefined, outgoing: readonly Cell[]) => boolean {
  const direction = params.has("direction") ? params.text("direction") : undefined;
  if (direction !== undefined && direction !== "in" && direction !== "out") {
    throw refuse("direction");
  }
  const isWanted = messageTest(params);
  return (incoming, outgoing) => {
    const isIn = direction !== "out" && incoming !== undefined && isWanted(incoming);
    return isIn || (direction !== "in" && outgoing.some(isWanted));
  };
}

function messageTest(params: Params): (message: Cell) => boolean {
  const hash = params.hash("msg_hash");
  const bodyHash = params.hash("body_hash");
  const opcode = params.has("opcode") ? params.text("opcode").toLowerCase() : undefined;
  if (hash === undefined && bodyHash === undefined && opcode === undefined) {
    throw refuse("msg_hash");
  }
  return (message) => {
    const { body } = loadMessage(message.beginParse());
    return (
      (hash === undefined || isNamed(message, hash)) &&
      (bodyHash === undefined || body.hash().toString("hex") === bodyHash) &&
      (opcode === undefined || opcodeOf(body) === opcode)
    );
  };
}

/** By its own hash, or for one from outside by the normalized one. */
export function isNamed(message: Cell, hash: string): boolean {
  if (message.hash().toString("hex") === hash) return true;
  const { info } = loadMessage(message.beginParse());
  return info.type === "external-in" && normalizedHash(message).toString("hex") === hash;
}

function opcodeOf(body: Cell): string | undefined {
  const slice = body.beginParse();
  return slice.remainingBits < 32 ? undefined : hexOpcode(slice.loadUint(32));
}
