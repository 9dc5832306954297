// The static form of a log that anybody can mirror: C2SP tlog-tiles v1.0.0, tiles of height 8.

import { concatBytes } from "../bytes/index.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { hashBytes, hashNode } from "./hash.ts";
import { assertSize, type ReadNode } from "./tree.ts";

/** Hashes of a full tile; a tile of level L holds nodes of level 8 L of the tree. */
export const tileWidth = 256;
export const tileHeight = 8;

/** Which part of the log a tile is. A partial tile, the rightmost of its level, is narrower than tileWidth. */
export type Tile = {
  readonly level: number;
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
};

/** Where a tile lies under the log's URL: "tile/0/x001/234", and "tile/0/x001/234.p/17" when it is partial. */
export function tilePath({ level, index, width }: Tile): string {
  return `tile/${level}/${pathOfIndex(index)}${partOfWidth(width)}`;
}

/** Where the entries of a tile of level 0 lie. */
export function entriesPath({ index, width }: Omit<Tile, "level">): string {
  return `tile/entries/${pathOfIndex(index)}${partOfWidth(width)}`;
}

/** Groups of three digits, all but the last with an x before them: 1234067 is "x001/x234/067". */
function pathOfIndex(index: number): string {
  assertSize(index);
  const digits = index.toString();
  const padded = digits.padStart(3 * Math.ceil(digits.length / 3), "0");
  return padded.replaceAll(/\d{3}(?=\d)/g, "x$&/");
}

function partOfWidth(width: number): string {
  if (!Number.isInteger(width) || width < 1 || width > tileWidth) {
    throw new RangeError("not a width of a tile");
  }
  return width === tileWidth ? "" : `.p/${width}`;
}

/** The tiles that a log of this size has and one of the smaller size had not, partial ones included, level by level. */
export function tilesBetween(before: number, size: number): Tile[] {
  assertSize(before);
  assertSize(size);
  const tiles: Tile[] = [];
  for (let level = 0, had = before, has = size; has > 0; level += 1) {
    for (let index = Math.floor(had / tileWidth); index * tileWidth < has; index += 1) {
      const width = Math.min(tileWidth, has - index * tileWidth);
      if (index * tileWidth + width > had) tiles.push({ level, index, width });
    }
    had = Math.floor(had / tileWidth);
    has = Math.floor(has / tileWidth);
  }
  return tiles;
}

/** The partial tiles of a log of this size: at most one of each level. */
export function partialTiles(size: number): Tile[] {
  assertSize(size);
  const tiles: Tile[] = [];
  for (let level = 0, has = size; has > 0; level += 1) {
    const width = has % tileWidth;
    has = Math.floor(has / tileWidth);
    if (width > 0) tiles.push({ level, index: has, width });
  }
  return tiles;
}

/** A tile's bytes: its hashes, 32 bytes each, from stored nodes. */
export function encodeTile({ level, index, width }: Tile, readNode: ReadNode): Uint8Array {
  const hashes = Array.from({ length: width }, (_, offset) => {
    const hash = readNode(tileHeight * level, index * tileWidth + offset);
    if (hash === undefined) throw new RangeError("a node of the tile is not stored");
    return hash;
  });
  return concatBytes(...hashes);
}

/** Entries as a bundle holds them: each with its size before it, u16 big-endian. */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  for (const entry of entries) writer.uint(entry.length, 2).bytes(entry);
  return writer.finish();
}

/** Reads a bundle of exactly this many entries; throws checkpoint_malformed. */
export function parseEntries(bytes: Uint8Array, count: number): Uint8Array[] {
  const reader = new ByteReader(bytes, "checkpoint_malformed");
  const entries = Array.from({ length: count }, () => reader.bytes(reader.uint(2)));
  reader.end();
  return entries;
}

/** Reads a tile of this width; throws checkpoint_malformed. */
export function parseTile(bytes: Uint8Array, width: number): Uint8Array[] {
  if (bytes.length !== width * hashBytes) {
    throw new CocoonError("checkpoint_malformed", { reason: "size of a tile" });
  }
  return Array.from({ length: width }, (_, index) =>
    bytes.subarray(index * hashBytes, (index + 1) * hashBytes),
  );
}

/** Where a node of the tree is found in tiles of a log of this size: the tile, and the node's place below its hashes. */
export type NodePlace = {
  readonly tile: Tile;
  /** Levels above the tile's own hashes, 0 to 7. */
  readonly height: number;
  /** Of the node within the tile, at that height. */
  readonly offset: number;
};

export function placeOfNode(level: number, index: number, size: number): NodePlace {
  const tileLevel = Math.floor(level / tileHeight);
  const height = level % tileHeight;
  const first = index * 2 ** height;
  const tileIndex = Math.floor(first / tileWidth);
  const hashCount = Math.floor(size / tileWidth ** tileLevel);
  const width = Math.min(tileWidth, hashCount - tileIndex * tileWidth);
  if (width < 1) throw new RangeError("the log has no such node");
  return {
    tile: { level: tileLevel, index: tileIndex, width },
    height,
    offset: index - (tileIndex * tileWidth) / 2 ** height,
  };
}

/** A node's hash from the hashes of its tile; throws checkpoint_malformed when the tile is too narrow. */
export function nodeOfTile(
  hashes: readonly Uint8Array[],
  height: number,
  offset: number,
): Uint8Array {
  if (height === 0) {
    const hash = hashes[offset];
    if (hash === undefined)
      throw new CocoonError("checkpoint_malformed", { reason: "narrow tile" });
    return hash;
  }
  const left = nodeOfTile(hashes, height - 1, 2 * offset);
  return hashNode(left, nodeOfTile(hashes, height - 1, 2 * offset + 1));
}
