// The log as static files: C2SP tlog-tiles in a folder that any web server, CDN or object store can carry.

import {
  encodeEntries,
  entriesPath,
  partialTiles,
  tileHeight,
  tilePath,
  tilesBetween,
  tileWidth,
} from "@cocoon/protocol";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReceiptLog } from "./receipt-log.ts";

/** Tiles written before the note is looked at again; one is at most 8 KiB of hashes or 100 KiB of receipts. */
const writesAtOnce = 16;

/**
 * Mirrors a log's newest checkpoint into a folder. A checkpoint is written last, after every tile that it covers; each
 * file appears whole or not at all. The database stays the truth: a folder that is lost is written again.
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
    this.#published ??= await this.#publishedSize(checkpoint.size);
    if (this.#note === checkpoint.note) return;
    const tiles = tilesBetween(this.#published, checkpoint.size);
    while (tiles.length > 0) {
      await Promise.all(tiles.splice(0, writesAtOnce).map((tile) => this.#writeTile(tile)));
    }
    await this.#write("checkpoint", checkpoint.note);
    await this.#removeOutgrown(this.#published, checkpoint.size);
    this.#published = checkpoint.size;
    this.#note = checkpoint.note;
  }

  async #writeTile(tile: ReturnType<typeof tilesBetween>[number]): Promise<void> {
    const { level, index, width } = tile;
    const start = index * tileWidth;
    await this.#write(tilePath(tile), this.#log.nodes(tileHeight * level, start, width));
    if (level > 0) return;
    const receipts = this.#log.receipts(start, width);
    await this.#write(entriesPath(tile), encodeEntries(receipts));
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

  async #write(path: string, content: Uint8Array | string): Promise<void> {
    const target = join(this.#folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(`${target}.new`, content);
    await rename(`${target}.new`, target);
  }

  /** The size of the checkpoint in the folder; 0 when there is none of this log. */
  async #publishedSize(newest: number): Promise<number> {
    try {
      const note = await readFile(join(this.#folder, "checkpoint"), "utf8");
      const size = Number(note.split("\n")[1]);
      return Number.isSafeInteger(size) && size >= 0 && size <= newest ? size : 0;
    } catch {
      return 0;
    }
  }
}
