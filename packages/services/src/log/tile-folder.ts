// The log as static files: C2SP tlog-tiles in a folder that any web server, CDN or object store can carry.

import {
  encodeEntries,
  entriesPath,
  partialTiles,
  tileHeight,
  tilePath,
  tilesBetween,
  tileWidth,
  utf8,
} from "@cocoon/protocol";
import {
  closeSync,
  fdatasync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ReceiptLog } from "./receipt-log.ts";

/** Tiles written before the event loop has its turn; one is at most 8 KiB of hashes and 100 KiB of receipts. */
const writesAtOnce = 16;

type LogFile = { readonly path: string; readonly content: Uint8Array };

/**
 * Mirrors a log's newest checkpoint into a folder. A checkpoint is written last, when every tile that it covers is
 * durable; each file appears whole or not at all. The database stays the truth: a folder that is lost is written again.
 */
export class TileFolder {
  readonly #log: ReceiptLog;
  readonly #folder: string;
  #published: number | undefined;
  /** The checkpoint as it lies in the folder; it changes when witnesses sign it. */
  #note: string | undefined;

  constructor(log: ReceiptLog, folder: string) {
    this.#log = log;
    this.#folder = folder;
  }

  /** Writes what has been added since the last call; after a start, since the checkpoint in the folder. */
  async publish(): Promise<void> {
    const checkpoint = this.#log.newestCheckpoint();
    if (checkpoint === undefined) return;
    this.#published ??= this.#publishedSize(checkpoint.size);
    if (this.#note === checkpoint.note) return;
    const tiles = tilesBetween(this.#published, checkpoint.size);
    while (tiles.length > 0) {
      await this.#write(tiles.splice(0, writesAtOnce).flatMap((tile) => this.#filesOf(tile)));
    }
    await this.#write([{ path: "checkpoint", content: utf8(checkpoint.note) }]);
    await this.#removeOutgrown(this.#published, checkpoint.size);
    this.#published = checkpoint.size;
    this.#note = checkpoint.note;
  }

  #filesOf(tile: ReturnType<typeof tilesBetween>[number]): LogFile[] {
    const { level, index, width } = tile;
    const start = index * tileWidth;
    const hashes = this.#log.nodes(tileHeight * level, start, width);
    const files = [{ path: tilePath(tile), content: hashes }];
    if (level > 0) return files;
    const receipts = this.#log.receipts(start, width);
    return [...files, { path: entriesPath(tile), content: encodeEntries(receipts) }];
  }

  /** Partial tiles that a full one has replaced: readers of the newest checkpoint no longer ask for them. */
  async #removeOutgrown(before: number, size: number): Promise<void> {
    const outgrown = partialTiles(before).filter(({ level, index }) => {
      return (index + 1) * tileWidth <= Math.floor(size / tileWidth ** level);
    });
    const full = outgrown.map((tile) => ({ ...tile, width: tileWidth }));
    const paths = full.flatMap((tile) => {
      return tile.level === 0 ? [tilePath(tile), entriesPath(tile)] : [tilePath(tile)];
    });
    await Promise.all(
      paths.map((path) => rm(join(this.#folder, `${path}.p`), { recursive: true, force: true })),
    );
  }

  /**
   * Only what waits for the disk is awaited. The rest touches memory, and on a busy event loop each step that is awaited
   * costs a turn of it, which is 40 ms where 256 receipts are written in one.
   * File systems keep the order of renames, so a checkpoint that is there after a power cut has its tiles.
   */
  async #write(files: readonly LogFile[]): Promise<void> {
    const opened: number[] = [];
    const named = files.map(({ path, content }) => ({ path: join(this.#folder, path), content }));
    try {
      for (const { path, content } of named) {
        mkdirSync(dirname(path), { recursive: true });
        const descriptor = openSync(`${path}.new`, "w");
        opened.push(descriptor);
        writeFileSync(descriptor, content);
      }
      await Promise.all(opened.map((descriptor) => syncToDisk(descriptor)));
    } finally {
      for (const descriptor of opened) closeSync(descriptor);
    }
    for (const { path } of named) renameSync(`${path}.new`, path);
  }

  /** The size of the checkpoint in the folder; 0 when there is none of this log. */
  #publishedSize(newest: number): number {
    try {
      const note = readFileSync(join(this.#folder, "checkpoint"), "utf8");
      const size = Number(note.split("\n")[1]);
      return Number.isSafeInteger(size) && size >= 0 && size <= newest ? size : 0;
    } catch {
      return 0;
    }
  }
}

const syncToDisk = promisify(fdatasync);
