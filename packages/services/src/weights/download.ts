// One large file, fetched however often the line breaks, and kept only if it is the one that was promised.

import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { CocoonError } from "@cocoon/protocol";
import type { Hub, HubFile } from "./hub.ts";

export type DownloadOptions = {
  readonly hub: Hub;
  readonly signal: AbortSignal;
  /** Called as bytes arrive, those of an earlier attempt included. */
  readonly onProgress: (doneBytes: number) => void;
  /** Waits before another attempt; rejects when the signal aborts. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>;
};

/** Attempts in a row that bring nothing. */
const attemptsMax = 5;
const delayMs = 1_000;
/** The disk keeps so much for others. */
const spareBytes = 256 * 1_024 * 1_024;

/**
 * Downloads a file to a path, by way of `PATH.part`, which a later call goes on from. Throws weights_unavailable when
 * the source gives nothing more, weights_corrupt when the bytes are others than promised (they are removed), cancelled,
 * and storage_failed when there is no room.
 */
export async function download(
  file: HubFile,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  const part = `${path}.part`;
  const handle = await open(part, "a+");
  try {
    const hash = createHash("sha256");
    const held = await hashHeld(part, hash, options);
    await requireRoom(part, file.sizeBytes - held);
    const digest = await fill({ file, handle, hash, held }, options);
    if (digest !== file.sha256) {
      await rm(part);
      throw new CocoonError("weights_corrupt", { sha256: digest });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, path);
}

/** Adds to the hash what an earlier attempt left; returns its size. */
async function hashHeld(
  part: string,
  hash: Hash,
  { onProgress }: DownloadOptions,
): Promise<number> {
  let held = 0;
  for await (const piece of createReadStream(part)) {
    const bytes: unknown = piece;
    if (!(bytes instanceof Uint8Array)) continue;
    hash.update(bytes);
    held += bytes.length;
    onProgress(held);
  }
  return held;
}

async function requireRoom(part: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(part));
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes + spareBytes) return;
  throw new CocoonError("storage_failed", {
    reason: "no room on the disk",
    freeBytes,
    neededBytes,
  });
}

type Filling = {
  readonly file: HubFile;
  readonly handle: FileHandle;
  readonly hash: Hash;
  /** Bytes that are there already. */
  readonly held: number;
};

/** Fetches what is missing, again and again; returns the hash of all of it, hex. */
async function fill(filling: Filling, options: DownloadOptions): Promise<string> {
  const { file, handle, hash } = filling;
  let { held } = filling;
  let fruitless = 0;
  while (held < file.sizeBytes) {
    const before = held;
    try {
      for await (const piece of piecesFrom(file, held, options)) {
        await handle.write(piece);
        hash.update(piece);
        held += piece.length;
        options.onProgress(held);
      }
    } catch (error) {
      if (options.signal.aborted) throw new CocoonError("cancelled", {}, { cause: error });
      if (error instanceof CocoonError) throw error;
    }
    fruitless = held > before ? 0 : fruitless + 1;
    if (fruitless >= attemptsMax) {
      throw new CocoonError("weights_unavailable", { reason: "the line broke", bytes: held });
    }
    if (held < file.sizeBytes) await options.pause(delayMs * (fruitless + 1), options.signal);
  }
  return held === file.sizeBytes ? hash.digest("hex") : "longer than promised";
}

/** The file's bytes from an offset on. */
async function* piecesFrom(
  { url }: HubFile,
  offset: number,
  { hub, signal }: DownloadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const headers: Record<string, string> = { range: `bytes=${offset}-` };
  if (hub.token !== undefined) headers["authorization"] = `Bearer ${hub.token}`;
  // On the way to another host fetch leaves the token behind.
  const response = await hub.fetch(url, { headers, signal });
  const { status, body } = response;
  if (status >= 400 && status < 500) {
    throw new CocoonError("weights_unavailable", { reason: "the source refuses", status });
  }
  if (!response.ok || body === null) return;
  // A source that knows no ranges begins anew: what we hold is skipped.
  let toSkip = status === 206 ? 0 : offset;
  for await (const piece of body) {
    const skipped = Math.min(toSkip, piece.length);
    toSkip -= skipped;
    if (skipped < piece.length) yield piece.subarray(skipped);
  }
}
