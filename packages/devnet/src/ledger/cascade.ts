import { CocoonError, type RawAddress } from "@cocoon/protocol";
import { Cell, loadMessage, loadTransaction, type Transaction } from "@ton/core";
import { createHash } from "node:crypto";
import { type Incoming, messagesOf } from "./message.ts";
import type { StoredAccount, StoredTransaction } from "./record.ts";
import type { Tvm } from "./tvm.ts";

/** What a message did to the chain, with everything that followed from it. */
export type Cascade = {
  readonly lt: bigint;
  readonly transactions: readonly StoredTransaction[];
  readonly accounts: readonly StoredAccount[];
};

export type CascadeInput = {
  readonly tvm: Tvm;
  readonly utime: number;
  /** The greatest logical time used before. */
  readonly lt: bigint;
  /** Makes the random numbers of contracts differ from block to block. */
  readonly seed: string;
  /** Base64 of an account's `ShardAccount` as it stands. */
  readonly accountOf: (address: RawAddress) => string;
  /** A message that more transactions than this follow from is refused. */
  readonly transactionsMax: number;
};

/** Transactions of one account in one block are this far apart in logical time, as in the sandbox. */
const ltStep = 1_000_000n;

/**
 * Runs a message and all internal messages that follow from it, first in, first out, to the end. Nothing is
 * changed here: the caller takes over the result whole or not at all.
 * Throws transaction_failed when the first message is not accepted, or when there is no end in sight.
 */
export async function runCascade(first: Incoming, input: CascadeInput): Promise<Cascade> {
  const waiting: Incoming[] = [first];
  const changed = new Map<RawAddress, string>();
  const transactions: StoredTransaction[] = [];
  let { lt } = input;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (transactions.length === input.transactionsMax) {
      throw new CocoonError("transaction_failed", {
        reason: "too many messages follow",
        lt: `${lt}`,
      });
    }
    const { account } = next;
    lt = (lt / ltStep + 1n) * ltStep;
    const output = await input.tvm.runTransaction({
      message: next.message,
      account: changed.get(account) ?? input.accountOf(account),
      utime: input.utime,
      lt,
      randomSeed: createHash("sha256").update(`${input.seed} ${account} ${lt}`).digest(),
    });
    const cell = Cell.fromBase64(output.transaction);
    const transaction = loadTransaction(cell.beginParse());
    changed.set(account, output.account);
    const hash = cell.hash().toString("hex");
    transactions.push({ account, lt: transaction.lt, hash, boc: output.transaction });
    lt = lastLt(transaction);
    waiting.push(...internalMessages(cell));
  }
  const accounts = [...changed].map(([address, boc]) => ({ address, boc }));
  return { lt, transactions, accounts };
}

/** A transaction's messages take the logical times after its own. */
function lastLt(transaction: Transaction): bigint {
  return transaction.lt + BigInt(transaction.outMessagesCount);
}

function internalMessages(transaction: Cell): Incoming[] {
  return messagesOf(transaction).outgoing.flatMap((message) => {
    const { info } = loadMessage(message.beginParse());
    return info.type === "internal" ? [{ message, account: info.dest.toRawString() }] : [];
  });
}
