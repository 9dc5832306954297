// A shortcut for restarts: all of the state at one place of the journal. The journal alone stays the truth;
// a snapshot that is missing or damaged only costs the time to read the journal from its beginning.

import { parseJson, type RawAddress } from "@cocoon/protocol";
import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Block } from "./block.ts";
import { ChainState } from "./chain-state.ts";
import type { TransactionRow } from "./history.ts";
import { syncFolder } from "./journal.ts";
import type { JournalMark } from "./journal-mark.ts";
import { formatLine, parseLine } from "./line.ts";
import { ledgerVersion } from "./record.ts";

export type Snapshot = { readonly state: ChainState; readonly mark: JournalMark };

/** The JSON of a snapshot. Bigints are decimal texts. */
type StoredSnapshot = JournalMark & {
  readonly version: number;
  readonly lt: string;
  readonly utime: number;
  readonly offsetSeconds: number;
  readonly minted: string;
  /** Address and base64 of the account. */
  readonly accounts: readonly (readonly [RawAddress, string])[];
  /** Number of the account in the list above, logical time, hash, record. */
  readonly transactions: readonly (readonly [number, string, string, number])[];
  readonly blocks: readonly StoredBlock[];
};

type StoredBlock = Omit<Block, "seqno" | "startLt" | "endLt"> & {
  readonly startLt: string;
  readonly endLt: string;
};

/** The state as one JSON text, taken at once: the chain may go on while it is written. */
export function encodeSnapshot({ state, mark }: Snapshot): string {
  const accounts = [...state.accounts];
  const numbers = new Map(accounts.map(([address], number) => [address, number]));
  const { rows, blocks } = state.history;
  const stored: StoredSnapshot = {
    version: ledgerVersion,
    ...mark,
    lt: state.lt.toString(),
    utime: state.utime,
    offsetSeconds: state.offsetSeconds,
    minted: state.minted.toString(),
    accounts,
    transactions: rows.map(({ account, lt, hash, record }) => {
      return [numbers.get(account) ?? -1, lt.toString(), hash, record];
    }),
    blocks: blocks.map(({ seqno: _seqno, startLt, endLt, ...block }) => {
      return { ...block, startLt: startLt.toString(), endLt: endLt.toString() };
    }),
  };
  return JSON.stringify(stored);
}

/** Writes a snapshot in place of the one before; at any crash one of the two is there, whole. */
export async function writeSnapshot(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  const handle = await open(next, "w", 0o600);
  try {
    await handle.writeFile(formatLine({ sequence: 0, durableCount: 0, text }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, path);
  await syncFolder(dirname(path));
}

/** The stored snapshot, or undefined when there is none of this version that is whole. */
export async function readSnapshot(path: string): Promise<Snapshot | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  const text = bytes && parseLine(bytes.subarray(0, -1))?.text;
  if (text === undefined) return undefined;
  // oxlint-disable-next-line no-unsafe-type-assertion -- the checksum vouches for what encodeSnapshot made
  const stored = parseJson(text, "storage_corrupt") as StoredSnapshot;
  return stored.version === ledgerVersion ? decodeSnapshot(stored) : undefined;
}

function decodeSnapshot(stored: StoredSnapshot): Snapshot {
  const state = new ChainState();
  state.lt = BigInt(stored.lt);
  state.utime = stored.utime;
  state.offsetSeconds = stored.offsetSeconds;
  state.minted = BigInt(stored.minted);
  for (const [address, boc] of stored.accounts) state.accounts.set(address, boc);
  let previous: TransactionRow | undefined;
  for (const [number, lt, hash, record] of stored.transactions) {
    const account = stored.accounts[number]?.[0] ?? "";
    const index = previous?.record === record ? previous.index + 1 : 0;
    previous = { account, lt: BigInt(lt), hash, record, index };
    state.history.add(previous);
  }
  for (const { startLt, endLt, ...block } of stored.blocks) {
    const seqno = state.history.blocks.length + 1;
    const lts = { startLt: BigInt(startLt), endLt: BigInt(endLt) };
    state.history.blocks.push({ ...block, seqno, ...lts });
  }
  return { state, mark: { offsets: stored.offsets, sizeBytes: stored.sizeBytes } };
}
