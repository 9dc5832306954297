import { CocoonError } from "@cocoon/protocol";
import type { FileHandle } from "node:fs/promises";
import type { JournalMark } from "./journal-mark.ts";
import { parseLine } from "./line.ts";

/** What is told about each record while a journal is opened, in order. */
export type Replay = (text: string, sequence: number) => void;

const lineFeed = 10;
const chunkBytes = 1024 * 1024;

/**
 * Reads a journal's lines from the mark to the end and returns the mark after the last good one.
 *
 * A crash may leave any part of what was not yet synced: half a line, or a hole before a whole one. So
 * damage is forgiven unless a later line says that the damaged record was durable when it was written.
 * Throws storage_corrupt for damage that is not forgiven and for a mark of another journal.
 */
export async function recoverLines(
  handle: FileHandle,
  mark: JournalMark,
  replay: Replay,
): Promise<JournalMark> {
  await refuseForeignMark(handle, mark);
  const offsets = [...mark.offsets];
  let sizeBytes = mark.sizeBytes;
  let isDamaged = false;
  for await (const bytes of readLines(handle, mark.sizeBytes)) {
    const line = parseLine(bytes);
    if (!isDamaged && line?.sequence === offsets.length) {
      replay(line.text, line.sequence);
      offsets.push(sizeBytes);
      sizeBytes += bytes.length + 1;
    } else {
      isDamaged = true;
      refuseAcknowledged(line?.durableCount ?? 0, offsets.length);
    }
  }
  return { offsets, sizeBytes };
}

/** The last record before the mark must be where the mark says: else a part of the journal is gone. */
async function refuseForeignMark(handle: FileHandle, mark: JournalMark): Promise<void> {
  const offset = mark.offsets.at(-1);
  if (offset === undefined) return;
  const bytes = Buffer.alloc(mark.sizeBytes - offset);
  await handle.read(bytes, 0, bytes.length, offset);
  if (parseLine(bytes.subarray(0, -1))?.sequence === mark.offsets.length - 1) return;
  throw new CocoonError("storage_corrupt", {
    reason: "the journal does not contain what its snapshot does",
    record: mark.offsets.length - 1,
  });
}

function refuseAcknowledged(durableCount: number, damagedSequence: number): void {
  if (durableCount <= damagedSequence) return;
  throw new CocoonError("storage_corrupt", {
    reason: "a record that was acknowledged is damaged or missing",
    record: damagedSequence,
  });
}

/** The whole lines of a file from an offset on, without their line feeds. What follows the last one is left out. */
async function* readLines(handle: FileHandle, offset: number): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for (let position = offset; ;) {
    const chunk = Buffer.alloc(chunkBytes);
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
  }
}
