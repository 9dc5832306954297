import { CocoonError } from "@cocoon/protocol";
import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { formatLine, parseLine } from "./line.ts";
import type { JournalMark } from "./journal-mark.ts";
import { recoverLines, type Replay } from "./recover.ts";

/**
 * An append-only sequence of texts. What `durable` resolves for outlives any crash; what it has not yet
 * resolved for may be lost, but only together with all that came after it.
 */
export type Journal = {
  /** How many records there are, durable or not. */
  readonly count: number;
  /** Puts a text without line feeds at the end. Appends made while the disk works share one sync. */
  readonly append: (text: string) => Appended;
  /** A record of before. Throws storage_corrupt when it is damaged. */
  readonly read: (sequence: number) => Promise<string>;
  /** Resolves when all that was appended so far is durable. Throws storage_failed. */
  readonly settled: () => Promise<void>;
  /** A place to start reading from next time. Only what is durable may be forgotten. */
  readonly mark: () => JournalMark;
  readonly close: () => Promise<void>;
};

export type Appended = { readonly sequence: number; readonly durable: Promise<void> };

/** A journal that forgets when the process ends. */
export function createMemoryJournal(): Journal {
  const texts: string[] = [];
  return {
    get count() {
      return texts.length;
    },
    append: (text) => ({ sequence: texts.push(text) - 1, durable: Promise.resolve() }),
    read: (sequence) => Promise.resolve(texts[sequence] ?? ""),
    settled: () => Promise.resolve(),
    mark: () => ({ offsets: [], sizeBytes: 0 }),
    close: () => Promise.resolve(),
  };
}

/**
 * Opens or creates a journal and replays the records after the mark. A torn tail is cut off: it was never
 * acknowledged. Throws storage_corrupt when a record that was acknowledged is damaged or missing.
 */
export async function openJournal(
  path: string,
  mark: JournalMark,
  replay: Replay,
): Promise<Journal> {
  const handle = await open(path, "a+", 0o600);
  try {
    const recovered = await recoverLines(handle, mark, replay);
    await handle.truncate(recovered.sizeBytes);
    await handle.sync();
    await syncFolder(dirname(path));
    return new FileJournal(handle, recovered);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Makes the names in a folder durable: a new or renamed file is lost without it. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

type Batch = { readonly parts: Buffer[]; readonly durable: Promise<void> };

class FileJournal implements Journal {
  readonly #handle: FileHandle;
  readonly #offsets: number[];
  #sizeBytes: number;
  #durableCount: number;
  /** The batch that may still be joined. */
  #open: Batch | undefined;
  /** Ends when everything appended so far is durable; rejects for ever after the first failure. */
  #last: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle, end: JournalMark) {
    this.#handle = handle;
    this.#offsets = [...end.offsets];
    this.#sizeBytes = end.sizeBytes;
    this.#durableCount = end.offsets.length;
  }

  get count(): number {
    return this.#offsets.length;
  }

  append(text: string): Appended {
    const sequence = this.#offsets.length;
    const bytes = formatLine({ sequence, durableCount: this.#durableCount, text });
    this.#offsets.push(this.#sizeBytes);
    this.#sizeBytes += bytes.length;
    const batch = this.#openBatch();
    batch.parts.push(bytes);
    return { sequence, durable: batch.durable };
  }

  async read(sequence: number): Promise<string> {
    const offset = this.#offsets[sequence];
    if (offset === undefined) throw new RangeError(`no record ${sequence}`);
    const end = this.#offsets[sequence + 1] ?? this.#sizeBytes;
    if (sequence >= this.#durableCount) await this.#last;
    const bytes = Buffer.alloc(end - offset);
    const { bytesRead } = await this.#handle.read(bytes, 0, bytes.length, offset);
    const line = parseLine(bytes.subarray(0, bytesRead - 1));
    if (line?.sequence === sequence) return line.text;
    throw new CocoonError("storage_corrupt", { record: sequence });
  }

  settled(): Promise<void> {
    return this.#last;
  }

  mark(): JournalMark {
    return { offsets: [...this.#offsets], sizeBytes: this.#sizeBytes };
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.#handle.close();
  }

  #openBatch(): Batch {
    if (this.#open !== undefined) return this.#open;
    const parts: Buffer[] = [];
    const durable = this.#last.then(() => this.#write(parts));
    durable.catch(() => undefined);
    this.#last = durable;
    this.#open = { parts, durable };
    return this.#open;
  }

  async #write(parts: readonly Buffer[]): Promise<void> {
    this.#open = undefined;
    const count = this.#offsets.length;
    try {
      await this.#handle.appendFile(Buffer.concat(parts));
      await this.#handle.datasync();
    } catch (error) {
      throw new CocoonError("storage_failed", {}, { cause: error });
    }
    this.#durableCount = count;
  }
}
