import { CocoonError } from "@cocoon/protocol";
import type { TransactionRow } from "./history.ts";
import type { Journal } from "./journal.ts";
import { type ExecutionRecord, parseRecord, type StoredTransaction } from "./record.ts";

/** A record is about 5 KiB, one with 255 transfers about 500 KiB: 64 of those are 32 MiB. */
const keptMax = 64;

/** Reads transactions back from the journal. Keeps the records used last, since neighbours share them. */
export class Archive {
  readonly #journal: Journal;
  readonly #kept = new Map<number, Promise<ExecutionRecord>>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Throws storage_corrupt when the record is damaged. */
  async transaction(row: TransactionRow): Promise<StoredTransaction> {
    const record = await this.#record(row.record);
    const transaction = record.transactions[row.index];
    if (transaction?.hash === row.hash) return transaction;
    throw new CocoonError("storage_corrupt", { record: row.record });
  }

  #record(sequence: number): Promise<ExecutionRecord> {
    const kept = this.#kept.get(sequence) ?? this.#load(sequence);
    this.#kept.delete(sequence);
    this.#kept.set(sequence, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
    return kept;
  }

  async #load(sequence: number): Promise<ExecutionRecord> {
    const record = parseRecord(await this.#journal.read(sequence));
    if (record.kind === "execution") return record;
    throw new CocoonError("storage_corrupt", { record: sequence });
  }
}
