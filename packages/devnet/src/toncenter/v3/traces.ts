// A trace: the message from outside with every transaction that follows from it. Here it is one record of the journal.

import type { RawAddress } from "@cocoon/protocol";
import { Cell } from "@ton/core";
import { type Ledger, messagesOf, type TransactionRow } from "../../ledger/index.ts";
import { type Params, refuse } from "../params.ts";
import { base64OfHex, type Json } from "../shapes.ts";
import { noBookNorMetadata } from "./shapes.ts";
import { isNamed, pageOf, searchedMax } from "./transactions.ts";
import { viewRow } from "./transaction-view.ts";

export async function traces(ledger: Ledger, params: Params): Promise<Json> {
  const roots = pageOf(params, await rootsOf(ledger, params));
  return {
    traces: await Promise.all(roots.map((root) => viewTrace(ledger, root))),
    ...noBookNorMetadata,
  };
}

/** The first transaction of each trace that fits. */
async function rootsOf(ledger: Ledger, params: Params): Promise<readonly TransactionRow[]> {
  const hashes = [...params.list("tx_hash", 1_000), ...params.list("trace_id", 1_000)];
  const messageHash = params.hash("msg_hash");
  const account = params.has("account") ? params.address("account") : undefined;
  if (hashes.length === 0 && messageHash === undefined && account === undefined) {
    throw refuse("tx_hash");
  }
  const { history } = ledger;
  const byMessage =
    messageHash === undefined ? undefined : await recordsByMessage(ledger, messageHash);
  const wanted = new Set(hashes.map(hexOf));
  const rows = history.rows.filter(
    (row) =>
      (wanted.size === 0 || wanted.has(row.hash)) &&
      (account === undefined || row.account === account) &&
      (byMessage === undefined || byMessage.has(row.record)),
  );
  const records = [...new Set(rows.map(({ record }) => record))];
  return records.flatMap((record) => history.cascadeOf({ record }).slice(0, 1));
}

async function recordsByMessage(ledger: Ledger, hash: string): Promise<ReadonlySet<number>> {
  const records = new Set<number>();
  for (const row of ledger.history.rows.slice(-searchedMax)) {
    const { incoming, outgoing } = await messagesOfRow(ledger, row);
    const all = incoming === undefined ? outgoing : [incoming, ...outgoing];
    if (all.some((message) => isNamed(message, hash))) records.add(row.record);
  }
  return records;
}

async function viewTrace(ledger: Ledger, root: TransactionRow): Promise<Json> {
  const rows = ledger.history.cascadeOf(root);
  const views = await Promise.all(rows.map((row) => viewRow(ledger, row)));
  const nodes = await Promise.all(rows.map(async (row) => nodeOf(ledger, row)));
  const last = rows.at(-1) ?? root;
  const [first] = views;
  return {
    trace_id: base64OfHex(root.hash),
    external_hash: nodes[0]?.received?.hash().toString("base64") ?? null,
    mc_seqno_start: first?.["mc_block_seqno"] ?? null,
    mc_seqno_end: views.at(-1)?.["mc_block_seqno"] ?? null,
    start_lt: root.lt.toString(),
    start_utime: first?.["now"],
    end_lt: last.lt.toString(),
    end_utime: views.at(-1)?.["now"],
    trace_info: {
      trace_state: "complete",
      messages: nodes.reduce((count, { sent }) => count + sent.length, 1),
      transactions: rows.length,
      pending_messages: 0,
      classification_state: "unclassified",
    },
    is_incomplete: false,
    trace: treeOf(nodes, 0),
    transactions_order: rows.map(({ hash }) => base64OfHex(hash)),
    transactions: Object.fromEntries(
      rows.map(({ hash }, index) => [base64OfHex(hash), views[index]]),
    ),
  };
}

type Node = {
  readonly account: RawAddress;
  readonly hash: string;
  readonly received: Cell | undefined;
  readonly sent: readonly Cell[];
};

async function nodeOf(ledger: Ledger, row: TransactionRow): Promise<Node> {
  const { incoming, outgoing } = await messagesOfRow(ledger, row);
  return { account: row.account, hash: row.hash, received: incoming, sent: outgoing };
}

/** A transaction with those that took in what it sent. A cascade is never deeper than what one message can pay for. */
function treeOf(nodes: readonly Node[], index: number): Json {
  const node = nodes[index];
  const children = (node?.sent ?? []).flatMap((message) => {
    const child = nodes.findIndex(({ received }) => received?.equals(message) === true);
    return child > index ? [treeOf(nodes, child)] : [];
  });
  return {
    tx_hash: base64OfHex(node?.hash ?? ""),
    in_msg_hash: node?.received?.hash().toString("base64") ?? null,
    children,
  };
}

async function messagesOfRow(
  ledger: Ledger,
  row: TransactionRow,
): Promise<ReturnType<typeof messagesOf>> {
  return messagesOf(Cell.fromBase64((await ledger.transaction(row)).boc));
}

function hexOf(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length !== 32) throw refuse("tx_hash");
  return bytes.toString("hex");
}
