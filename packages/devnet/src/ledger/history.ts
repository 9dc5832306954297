// Where each transaction and block of the chain is found. The transactions themselves stay in the journal.

import type { RawAddress } from "@cocoon/protocol";
import { type Block, hashHistory, type OpenBlock } from "./block.ts";

/** A transaction's name and its place: the record of the journal, and which of that record's it is. */
export type TransactionRow = {
  readonly account: RawAddress;
  readonly lt: bigint;
  /** 64 lower-case hex digits. */
  readonly hash: string;
  readonly record: number;
  readonly index: number;
};

/** A part of an account's history, newest first. */
export type Page = {
  /** Begins with the transaction of this logical time, which must exist; else with the newest. */
  readonly fromLt?: bigint;
  /** Ends before this logical time and all earlier ones. */
  readonly toLt?: bigint;
  readonly countMax: number;
};

export class History {
  /** In order of execution, so logical times ascend. */
  readonly rows: TransactionRow[] = [];
  /** Block n is at n - 1. */
  readonly blocks: Block[] = [];
  readonly #byAccount = new Map<RawAddress, TransactionRow[]>();

  add(row: TransactionRow): void {
    this.rows.push(row);
    const ofAccount = this.#byAccount.get(row.account);
    if (ofAccount === undefined) this.#byAccount.set(row.account, [row]);
    else ofAccount.push(row);
  }

  /** How many transactions no block holds yet. */
  get openCount(): number {
    return this.rows.length - (this.blocks.at(-1)?.transactionsEnd ?? 0);
  }

  /** The block that would hold all open transactions. */
  nextBlock(utime: number, lt: bigint): OpenBlock {
    const previous = this.blocks.at(-1);
    const open = this.rows.slice(previous?.transactionsEnd ?? 0);
    const head = {
      seqno: this.blocks.length + 1,
      utime,
      startLt: open[0]?.lt ?? lt,
      endLt: lt,
      transactionsEnd: this.rows.length,
    };
    const hashes = open.map((row) => row.hash);
    return { ...head, historyHash: hashHistory(head, previous?.historyHash, hashes) };
  }

  /** The transactions of a block, in order of execution. */
  rowsOf(block: Block): readonly TransactionRow[] {
    const start = this.blocks[block.seqno - 2]?.transactionsEnd ?? 0;
    return this.rows.slice(start, block.transactionsEnd);
  }

  /** The transactions of one account, oldest first. */
  rowsOfAccount(account: RawAddress): readonly TransactionRow[] {
    return this.#byAccount.get(account) ?? [];
  }

  /** A page of an account's history, or undefined when its first transaction does not exist. */
  page(account: RawAddress, page: Page): readonly TransactionRow[] | undefined {
    const rows = this.rowsOfAccount(account);
    let end = rows.length;
    if (page.fromLt !== undefined) {
      const index = firstAfter(rows, page.fromLt) - 1;
      if (rows[index]?.lt !== page.fromLt) return undefined;
      end = index + 1;
    }
    const oldest = firstAfter(rows, page.toLt ?? 0n);
    return rows.slice(Math.max(oldest, end - page.countMax), end).toReversed();
  }

  /** The whole cascade that a transaction is part of, in order of execution. */
  cascadeOf({ record }: Pick<TransactionRow, "record">): readonly TransactionRow[] {
    const start = firstIndex(this.rows, (row) => row.record >= record);
    const end = firstIndex(this.rows, (row) => row.record > record);
    return this.rows.slice(start, end);
  }

  /** The transaction that sent a message, were it sent at all: the account's last one before the message. */
  senderRow(source: RawAddress, createdLt: bigint): TransactionRow | undefined {
    const rows = this.rowsOfAccount(source);
    return rows[firstAfter(rows, createdLt - 1n) - 1];
  }

  /** The transactions among which the one that received a message must be: a cascade is one record. */
  receiverRows(destination: RawAddress, createdLt: bigint): readonly TransactionRow[] {
    const rows = this.rowsOfAccount(destination);
    const start = firstAfter(rows, createdLt);
    const record = rows[start]?.record;
    let end = start;
    while (end < rows.length && rows[end]?.record === record) end += 1;
    return rows.slice(start, end);
  }

  /** The first block that reaches a logical time. */
  blockAtLt(lt: bigint): Block | undefined {
    return this.blocks[firstIndex(this.blocks, (block) => block.endLt >= lt)];
  }

  /** The last block made at or before a time in Unix seconds. */
  blockAtTime(utime: number): Block | undefined {
    return this.blocks[firstIndex(this.blocks, (block) => block.utime > utime) - 1];
  }
}

function firstAfter(rows: readonly TransactionRow[], lt: bigint): number {
  return firstIndex(rows, (row) => row.lt > lt);
}

/** Index of the first element that fits, when all after it do too; the length when none does. */
function firstIndex<Element>(
  elements: readonly Element[],
  fits: (element: Element) => boolean,
): number {
  let low = 0;
  let high = elements.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const element = elements[middle];
    if (element !== undefined && fits(element)) high = middle;
    else low = middle + 1;
  }
  return low;
}
