// A transaction as far as settlement needs it: what came in, what went out, what it cost and whether it worked.

import type { Cell, Message, Transaction, TransactionDescription } from "@ton/core";
import { type Nanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import { rawAddress } from "@cocoon/contracts";

/** A message to or from an account. */
export type ChainMessage = {
  readonly kind: "internal" | "external-in" | "external-out";
  /** Absent for a message from outside. */
  readonly source: RawAddress | undefined;
  /** Absent for an event. */
  readonly destination: RawAddress | undefined;
  readonly value: Nanotons;
  /** Logical time at which it was sent; with the source it names the message. 0 from outside. */
  readonly createdLt: bigint;
  /** It came back because its destination failed. */
  readonly bounced: boolean;
  readonly body: Cell;
};

/** Why a transaction had no effect. */
export type TransactionFailure = {
  readonly phase: "compute" | "action";
  /** Of the phase; undefined when it did not run at all, such as where there is no code. */
  readonly exitCode: number | undefined;
};

export type ChainTransaction = {
  readonly account: RawAddress;
  /** Lower-case hex. */
  readonly hash: string;
  readonly lt: bigint;
  readonly atSeconds: number;
  /** The account's transaction before it; undefined for the first. */
  readonly previous: { readonly lt: bigint; readonly hash: string } | undefined;
  /** What it cost: gas, storage and the forwarding of all that it sent. */
  readonly feeNanotons: Nanotons;
  /** The part of it that is storage since the account's last transaction. */
  readonly storageNanotons: Nanotons;
  readonly failure: TransactionFailure | undefined;
  readonly incoming: ChainMessage | undefined;
  readonly outgoing: readonly ChainMessage[];
};

/** Reads a transaction of an account. */
export function readTransaction(account: RawAddress, transaction: Transaction): ChainTransaction {
  const outgoing = [...transaction.outMessages.values()].map(readMessage);
  return {
    account,
    hash: transaction.hash().toString("hex"),
    lt: transaction.lt,
    atSeconds: transaction.now,
    previous: previousOf(transaction),
    feeNanotons: feeOf(transaction),
    storageNanotons: storageOf(transaction.description),
    failure: failureOf(transaction.description),
    incoming: transaction.inMessage ? readMessage(transaction.inMessage) : undefined,
    outgoing,
  };
}

function previousOf({
  prevTransactionHash,
  prevTransactionLt: lt,
}: Transaction): ChainTransaction["previous"] {
  const hash = prevTransactionHash.toString(16).padStart(64, "0");
  return lt === 0n ? undefined : { lt, hash };
}

/** Of a forwarding fee a third is in the transaction's own fees; the rest travels with the message. */
function feeOf({ totalFees, outMessages }: Transaction): Nanotons {
  let fee = totalFees.coins;
  for (const { info } of outMessages.values()) {
    if (info.type === "internal") fee += info.forwardFee;
  }
  return nanotons(fee);
}

function storageOf(description: TransactionDescription): Nanotons {
  const phase = description.type === "generic" ? description.storagePhase : undefined;
  return nanotons(phase?.storageFeesCollected ?? 0n);
}

function readMessage({ info, body }: Message): ChainMessage {
  const internal = info.type === "internal" ? info : undefined;
  return {
    kind: info.type,
    source: info.type === "external-in" ? undefined : rawAddress(info.src),
    destination: info.type === "external-out" ? undefined : rawAddress(info.dest),
    value: nanotons(internal?.value.coins ?? 0n),
    createdLt: info.type === "external-in" ? 0n : info.createdLt,
    bounced: internal?.bounced ?? false,
    body,
  };
}

/** Money that reaches an account without code has arrived, unless it bounced. */
function failureOf(description: TransactionDescription): TransactionFailure | undefined {
  if (description.type !== "generic") return undefined;
  const { computePhase, actionPhase, bouncePhase } = description;
  if (computePhase.type === "skipped") {
    return bouncePhase ? { phase: "compute", exitCode: undefined } : undefined;
  }
  if (!computePhase.success) return { phase: "compute", exitCode: computePhase.exitCode };
  if (actionPhase && !actionPhase.success) {
    return { phase: "action", exitCode: actionPhase.resultCode };
  }
  return undefined;
}
