import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ChainState } from "./chain-state.ts";
import { createMemoryJournal, type Journal, openJournal } from "./journal.ts";
import { lockFolder } from "./lock.ts";
import { parseRecord } from "./record.ts";
import { encodeSnapshot, readSnapshot, writeSnapshot } from "./snapshot.ts";

/** The journal, the snapshots that shorten its reading, and the state that both lead to. */
export type Storage = {
  readonly journal: Journal;
  readonly state: ChainState;
  /** How many records the next start need not read. */
  readonly snapshotCount: number;
  /** Makes the state, as it is at the call, the place where the next start begins to read. */
  readonly snapshot: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A chain that is forgotten when the process ends. */
export function createMemoryStorage(): Storage {
  const journal = createMemoryJournal();
  const nothing = () => Promise.resolve();
  const state = new ChainState();
  return { journal, state, snapshotCount: 0, snapshot: nothing, close: nothing };
}

/**
 * Opens or creates a chain's folder and brings back its state. Throws storage_corrupt when the journal is
 * damaged where it was acknowledged, storage_failed when another process uses the folder.
 */
export async function openStorage(home: string): Promise<Storage> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(home);
  try {
    const snapshotPath = join(home, "snapshot");
    const start = await readSnapshot(snapshotPath);
    const state = start?.state ?? new ChainState();
    const mark = start?.mark ?? { offsets: [], sizeBytes: 0 };
    const journal = await openJournal(join(home, "journal"), mark, (text, sequence) => {
      state.apply(parseRecord(text), sequence);
    });
    let snapshotCount = mark.offsets.length;
    return {
      journal,
      state,
      get snapshotCount() {
        return snapshotCount;
      },
      snapshot: async () => {
        const { count } = journal;
        const text = encodeSnapshot({ state, mark: journal.mark() });
        await journal.settled();
        await writeSnapshot(snapshotPath, text);
        snapshotCount = count;
      },
      close: async () => {
        await journal.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
