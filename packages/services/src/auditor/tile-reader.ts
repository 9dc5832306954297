// A log as anybody sees it: C2SP tlog-tiles over HTTP. What a tile says counts for nothing until it leads to a root.

import {
  CocoonError,
  consistencyProof,
  entriesPath,
  inclusionProof,
  JsonReader,
  nodeOfTile,
  parseEntries,
  parseJson,
  parseTile,
  placeOfNode,
  readBondVouch,
  type ReadNode,
  textOf,
  type Tile,
  tilePath,
  tileWidth,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from "@cocoon/protocol";

import type { PublishedIdentity } from "./identities.ts";

/** As long as a note may be. */
const checkpointBytesMax = 131_072;
const tileBytesMax = 32 * tileWidth;
/** A receipt is 385 bytes; other logs may have larger leaves. */
const entriesBytesMax = 1_026 * tileWidth;
const identityBytesMax = 4_096;
const timeoutMs = 30_000;
/** 8 MiB. */
const tilesKeptMax = 1_024;

/** One leaf of a tree, proven. */
export type SeenLeaf = {
  readonly index: number;
  /** Leaf hash, 32 bytes. */
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
};

/**
 * Reads one log for a short time: tiles are kept, so a new look takes a new reader. Everything throws peer_unreachable,
 * peer_misbehaved, and checkpoint_malformed for tiles of another size.
 */
export class TileReader {
  readonly #url: string;
  readonly #tiles = new Map<string, readonly Uint8Array[]>();

  /** The URL under which `checkpoint` and `tile/` lie. */
  constructor(url: string) {
    this.#url = url.replace(/\/+$/, "");
  }

  /** The newest checkpoint's note, unverified. */
  async checkpoint(): Promise<string> {
    return await readNoteAt(`${this.#url}/checkpoint`);
  }

  /** Leaves from start up to end of a log of this size. Whoever uses them must find that they lead to a root. */
  async entries(start: number, end: number, size: number): Promise<Uint8Array[]> {
    const entries: Uint8Array[] = [];
    for (let index = Math.floor(start / tileWidth); index * tileWidth < end; index += 1) {
      const width = Math.min(tileWidth, size - index * tileWidth);
      const bundle = await this.#entriesOf(index, width);
      const from = Math.max(0, start - index * tileWidth);
      entries.push(...bundle.slice(from, end - index * tileWidth));
    }
    return entries;
  }

  /** Verifies that a tree is the beginning of another that this log serves. Throws checkpoint_inconsistent. */
  async verifyBeginning(first: TreeHead, whole: TreeHead): Promise<void> {
    if (first.size === 0) return;
    const proof = await this.#compute(whole.size, (readNode) =>
      consistencyProof(first.size, whole.size, readNode),
    );
    verifyConsistency(first, whole, proof);
  }

  /** A leaf of a tree that this log serves, with its proof. Throws inclusion_invalid. */
  async provenLeaf(index: number, head: TreeHead): Promise<SeenLeaf> {
    const { leaf, proof } = await this.#compute(head.size, (readNode) => ({
      leaf: readNode(0, index) ?? new Uint8Array(),
      proof: inclusionProof(index, head.size, readNode),
    }));
    verifyInclusion({ leaf, index, head, proof });
    return { index, leaf, proof };
  }

  /** A complete node of a tree of this size, as it is served. */
  async node(level: number, index: number, size: number): Promise<Uint8Array> {
    return await this.#compute(size, (readNode) => readNode(level, index) ?? new Uint8Array());
  }

  /** Runs a computation over nodes twice: first to learn which tiles it needs, then with them. */
  async #compute<Value>(size: number, compute: (readNode: ReadNode) => Value): Promise<Value> {
    const wanted = new Map<string, Tile>();
    const blank = new Uint8Array(32);
    compute((level, index) => {
      const { tile } = placeOfNode(level, index, size);
      wanted.set(tilePath(tile), tile);
      return blank;
    });
    const tiles = new Map<string, readonly Uint8Array[]>();
    for (const [path, tile] of wanted) tiles.set(path, await this.#tile(path, tile));
    return compute((level, index) => {
      const { tile, height, offset } = placeOfNode(level, index, size);
      return nodeOfTile(tiles.get(tilePath(tile)) ?? [], height, offset);
    });
  }

  /** What the log published of the worker with these claims, hex; undefined where it published nothing. */
  async identity(claimsHash: string): Promise<PublishedIdentity | undefined> {
    const bytes = await this.#find(`identity/${claimsHash}`, identityBytesMax);
    if (bytes === undefined) return undefined;
    const code = "peer_misbehaved";
    const json = new JsonReader(parseJson(textOf(bytes) ?? "", code), code);
    const claims = json.base64("claims", identityBytesMax);
    return { claimsHash, claims, vouch: readBondVouch(json, "vouch") };
  }

  async #tile(path: string, tile: Tile): Promise<readonly Uint8Array[]> {
    const known = this.#tiles.get(path);
    if (known !== undefined) return known;
    const bytes = await this.#partOrWhole(
      path,
      tilePath({ ...tile, width: tileWidth }),
      tileBytesMax,
    );
    const hashes = parseTile(bytes.subarray(0, 32 * tile.width), tile.width);
    if (this.#tiles.size >= tilesKeptMax) this.#tiles.clear();
    this.#tiles.set(path, hashes);
    return hashes;
  }

  async #entriesOf(index: number, width: number): Promise<readonly Uint8Array[]> {
    const whole = entriesPath({ index, width: tileWidth });
    const part = await this.#find(entriesPath({ index, width }), entriesBytesMax);
    if (part !== undefined) return parseEntries(part, width);
    return parseEntries(await this.#read(whole, entriesBytesMax), tileWidth).slice(0, width);
  }

  /** A partial tile goes away when it is full: the whole one begins with it. */
  async #partOrWhole(part: string, whole: string, bytesMax: number): Promise<Uint8Array> {
    return (await this.#find(part, bytesMax)) ?? (await this.#read(whole, bytesMax));
  }

  async #read(path: string, bytesMax: number): Promise<Uint8Array> {
    const bytes = await this.#find(path, bytesMax);
    if (bytes === undefined) throw new CocoonError("peer_misbehaved", { status: 404, path });
    return bytes;
  }

  #find(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
    return fetchAtMost(`${this.#url}/${path}`, bytesMax);
  }
}

/** The note at a URL, unverified. Throws as TileReader does. */
export async function readNoteAt(url: string): Promise<string> {
  const bytes = await fetchAtMost(url, checkpointBytesMax);
  if (bytes === undefined) throw new CocoonError("peer_misbehaved", { status: 404 });
  return Buffer.from(bytes).toString("utf8");
}

/** The text at a URL. Throws as TileReader does. */
export async function readTextAt(url: string, bytesMax: number): Promise<string> {
  const bytes = await fetchAtMost(url, bytesMax);
  if (bytes === undefined) throw new CocoonError("peer_misbehaved", { status: 404 });
  return Buffer.from(bytes).toString("utf8");
}

/** What lies at a URL; undefined for 404. Never reads more than it was told. */
async function fetchAtMost(url: string, bytesMax: number): Promise<Uint8Array | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 200) return await bodyOf(response, bytesMax);
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new CocoonError("peer_misbehaved", { status: response.status });
  } catch (cause) {
    if (cause instanceof CocoonError) throw cause;
    throw new CocoonError("peer_unreachable", {}, { cause });
  }
}

async function bodyOf({ body }: Response, bytesMax: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > bytesMax) throw new CocoonError("peer_misbehaved", { reason: "too long" });
    parts.push(part);
  }
  return Uint8Array.from(Buffer.concat(parts));
}
