import type { RawAddress } from "@cocoon/protocol";
import {
  beginCell,
  Cell,
  type CommonMessageInfo,
  loadMessage,
  loadTransaction,
  storeStateInit,
} from "@ton/core";
import {
  type Ledger,
  messagesOf,
  type StoredTransaction,
  type TransactionRow,
} from "../ledger/index.ts";
import { type Params, refuse } from "./params.ts";
import { type Json, transactionId } from "./shapes.ts";

const limitDefault = 10;
const limitMax = 1_000;

/** A page of an account's history, newest first. */
export async function getTransactions(
  ledger: Ledger,
  params: Params,
): Promise<readonly Json[] | undefined> {
  const fromLt = params.bigint("lt");
  const hash = params.hash("hash");
  if (hash !== undefined && fromLt === undefined) throw refuse("lt");
  const rows = ledger.history.page(params.address("address"), {
    countMax: params.count("limit", limitDefault, limitMax),
    toLt: params.bigint("to_lt") ?? 0n,
    ...(fromLt !== undefined && { fromLt }),
  });
  if (rows === undefined || (hash !== undefined && rows[0] && rows[0].hash !== hash)) {
    return undefined;
  }
  return Promise.all(rows.map((row) => renderRow(ledger, row)));
}

/** The transaction that received a message. */
export async function tryLocateResultTx(ledger: Ledger, params: Params): Promise<Json | undefined> {
  const name = messageName(params);
  for (const row of ledger.history.receiverRows(name.destination, name.createdLt)) {
    const stored = await ledger.transaction(row);
    const { incoming } = messagesOf(Cell.fromBase64(stored.boc));
    if (incoming !== undefined && isNamed(incoming, name)) return render(stored);
  }
  return undefined;
}

/** The transaction that sent a message. */
export async function tryLocateSourceTx(ledger: Ledger, params: Params): Promise<Json | undefined> {
  const name = messageName(params);
  const row = ledger.history.senderRow(name.source, name.createdLt);
  if (row === undefined) return undefined;
  const stored = await ledger.transaction(row);
  const { outgoing } = messagesOf(Cell.fromBase64(stored.boc));
  return outgoing.some((message) => isNamed(message, name)) ? render(stored) : undefined;
}

type MessageName = {
  readonly source: RawAddress;
  readonly destination: RawAddress;
  readonly createdLt: bigint;
};

function messageName(params: Params): MessageName {
  const createdLt = params.bigint("created_lt");
  if (createdLt === undefined) throw refuse("created_lt");
  const source = params.address("source");
  return { source, destination: params.address("destination"), createdLt };
}

function isNamed(message: Cell, name: MessageName): boolean {
  const { info } = loadMessage(message.beginParse());
  return (
    info.type === "internal" &&
    info.createdLt === name.createdLt &&
    info.src.toRawString() === name.source &&
    info.dest.toRawString() === name.destination
  );
}

async function renderRow(ledger: Ledger, row: TransactionRow): Promise<Json> {
  return render(await ledger.transaction(row));
}

function render(stored: StoredTransaction): Json {
  const cell = Cell.fromBase64(stored.boc);
  const { now, description, totalFees } = loadTransaction(cell.beginParse());
  const { incoming, outgoing } = messagesOf(cell);
  const storageFee =
    description.type === "generic" ? (description.storagePhase?.storageFeesCollected ?? 0n) : 0n;
  return {
    "@type": "raw.transaction",
    address: { "@type": "accountAddress", account_address: stored.account },
    utime: now,
    data: stored.boc,
    transaction_id: transactionId(stored.lt, stored.hash),
    fee: totalFees.coins.toString(),
    storage_fee: storageFee.toString(),
    other_fee: (totalFees.coins - storageFee).toString(),
    // Absent, not null: clients refuse a null here.
    ...(incoming && { in_msg: renderMessage(incoming) }),
    out_msgs: outgoing.map(renderMessage),
  };
}

function renderMessage(cell: Cell): Json {
  const { info, init, body } = loadMessage(cell.beginParse());
  const state = init && beginCell().store(storeStateInit(init)).endCell();
  return {
    "@type": "raw.message",
    hash: cell.hash().toString("base64"),
    source: info.src?.toString() ?? "",
    destination: info.dest?.toString() ?? "",
    ...amountsOf(info),
    extra_currencies: [],
    body_hash: body.hash().toString("base64"),
    msg_data: {
      "@type": "msg.dataRaw",
      body: body.toBoc().toString("base64"),
      init_state: state?.toBoc().toString("base64") ?? "",
    },
    message: commentOf(body),
  };
}

function amountsOf(info: CommonMessageInfo): Json {
  const internal = info.type === "internal" ? info : undefined;
  return {
    value: (internal?.value.coins ?? 0n).toString(),
    fwd_fee: (internal?.forwardFee ?? 0n).toString(),
    ihr_fee: (internal?.ihrFee ?? 0n).toString(),
    created_lt: (info.type === "external-in" ? 0n : info.createdLt).toString(),
  };
}

/** The text of a plain comment: 32 zero bits, then UTF-8 over a chain of cells. Empty for anything else. */
function commentOf(body: Cell): string {
  const slice = body.beginParse();
  if (slice.remainingBits < 32 || slice.loadUint(32) !== 0) return "";
  try {
    return slice.loadStringTail();
  } catch {
    return "";
  }
}
