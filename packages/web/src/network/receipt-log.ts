// A proxy's log as the page reads it: the newest checkpoint, and the receipts at its end.

import {
  type Checkpoint,
  entriesPath,
  fromBase64,
  hashLeaf,
  JsonReader,
  type LogProof,
  parseCheckpoint,
  parseEntries,
  parseJson,
  parseNote,
  parseReceipt,
  parseTile,
  readLogProof,
  type Receipt,
  tilePath,
  tileWidth,
  toHex,
  utf8,
} from "@cocoon/protocol";
import type { ProxyPlace } from "./description.ts";

export type LoggedReceipt = {
  readonly proxy: ProxyPlace;
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly receipt: Receipt;
};

export type LogNote = {
  readonly note: string;
  /** As it says, whoever signed it. */
  readonly checkpoint: Checkpoint;
  /** Names of all who signed, the log first. */
  readonly signers: readonly string[];
};

const timeoutMs = 10_000;
/** Tiles of 256 hashes that are looked through for a leaf: 16,384 receipts. */
const searchTilesMax = 64;

/** The newest checkpoint, undefined before there is one. */
export async function fetchNote(url: string): Promise<LogNote | undefined> {
  const response = await get(`${url}/checkpoint`);
  if (!response.ok) return undefined;
  const note = await response.text();
  const { signatures, text } = parseNote(note);
  const signers = [...new Set(signatures.map(({ name }) => name))];
  return { note, checkpoint: parseCheckpoint(text), signers };
}

/** Tiles that are whole never change: they are read once. */
const whole = new Map<string, readonly Uint8Array[]>();

/** The newest receipts of a log of this size, the newest first; at least `count` where there are so many. */
export async function fetchNewest(
  proxy: ProxyPlace,
  size: number,
  count: number,
): Promise<LoggedReceipt[]> {
  const found: LoggedReceipt[] = [];
  for (let index = Math.floor((size - 1) / tileWidth); index >= 0; index -= 1) {
    const width = Math.min(tileWidth, size - index * tileWidth);
    const entries = await fetchEntries(proxy.url, { index, width });
    const receipts = entries.map((bytes, offset) => {
      return { proxy, index: index * tileWidth + offset, bytes, receipt: parseReceipt(bytes) };
    });
    found.push(...receipts.toReversed());
    if (found.length >= count) break;
  }
  return found;
}

async function fetchEntries(
  url: string,
  tile: { readonly index: number; readonly width: number },
): Promise<readonly Uint8Array[]> {
  const address = `${url}/${entriesPath(tile)}`;
  const known = whole.get(address);
  if (known !== undefined) return known;
  const entries = parseEntries(await bytesOf(address), tile.width);
  if (tile.width === tileWidth) whole.set(address, entries);
  return entries;
}

export type FoundReceipt = LoggedReceipt & { readonly proof: LogProof | undefined };

/** A receipt by its id, or by its leaf hash among the newest 16,384; undefined when this log has none such. */
export async function findReceipt(
  proxy: ProxyPlace,
  name: string,
  size: number,
): Promise<FoundReceipt | undefined> {
  if (/^[0-9a-f]{32}$/.test(name)) return await fetchReceipt(proxy, name);
  if (!/^[0-9a-f]{64}$/.test(name)) return undefined;
  for (
    let index = Math.floor((size - 1) / tileWidth), left = searchTilesMax;
    index >= 0;
    index -= 1
  ) {
    const width = Math.min(tileWidth, size - index * tileWidth);
    const path = tilePath({ level: 0, index, width });
    const hashes = parseTile(await bytesOf(`${proxy.url}/${path}`), width).map(toHex);
    const offset = hashes.indexOf(name);
    if (offset >= 0) {
      const bytes = (await fetchEntries(proxy.url, { index, width }))[offset];
      if (bytes === undefined || toHex(hashLeaf(bytes)) !== name) return undefined;
      return await fetchReceipt(proxy, toHex(parseReceipt(bytes).requestId));
    }
    left -= 1;
    if (left === 0) return undefined;
  }
  return undefined;
}

async function fetchReceipt(proxy: ProxyPlace, id: string): Promise<FoundReceipt | undefined> {
  const response = await get(`${proxy.url}/receipts/${id}`);
  if (!response.ok) return undefined;
  const json = new JsonReader(
    parseJson(await response.text(), "peer_misbehaved"),
    "peer_misbehaved",
  );
  const bytes = fromBase64(json.string("receipt")) ?? new Uint8Array();
  const receipt = parseReceipt(bytes);
  if (toHex(receipt.requestId) !== id) return undefined;
  const proof = readLogProof(utf8(JSON.stringify(json.has("proof") ? json.unknown("proof") : {})));
  return { proxy, index: proof?.leafIndex ?? -1, bytes, receipt, proof };
}

async function bytesOf(url: string): Promise<Uint8Array> {
  const response = await get(url);
  if (!response.ok) throw new Error(`no ${url}`);
  return new Uint8Array(await response.arrayBuffer());
}

function get(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
}
