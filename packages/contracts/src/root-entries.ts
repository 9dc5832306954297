// What the root lists, as its dictionaries and cells hold it: tolk/root-types.tolk.

import { beginCell, type Cell, Dictionary, type DictionaryValue } from "@ton/core";
import { fromHex, type Nanotons, nanotons, toHex } from "@cocoon/protocol";
import { storeHash, textCell, textOfCell } from "./cells.ts";
import { type KeySet, loadKeySet, storeKeySet } from "./key-set.ts";

export type NetworkParams = {
  /** The oldest TCB evaluation data number of TEE collateral that is accepted. */
  readonly tcbEvaluationFloor: number;
  /** A proxy with a smaller bond does not count. */
  readonly bondMin: Nanotons;
  /** The same for a worker whose only security is its bond. */
  readonly workerBondMin: Nanotons;
  /** Lower-case hex, 32 bytes, as the other two; zeros where the network has no such contract. */
  readonly channelCodeHash: string;
  readonly proxyBondCodeHash: string;
  readonly workerBondCodeHash: string;
};

/** A model that may be served, and the most that it may cost per 1,000,000 tokens. */
export type ModelListing = {
  /** 1 to 64 bytes of UTF-8. */
  readonly name: string;
  readonly contextTokens: number;
  readonly promptPerMillionMax: Nanotons;
  readonly completionPerMillionMax: Nanotons;
};

/** An image that may run, on which kind of TEE and as what. */
export type Measurement = {
  readonly teeType: number;
  readonly role: number;
  /** The oldest TCB evaluation data number with which it may run, where the network's floor is lower. */
  readonly evaluationMin: number;
};

/** The keys that decide, and how long everybody can see a decision before it takes effect. */
export type Governance = KeySet & {
  /** At most 90 days. */
  readonly delaySeconds: number;
};

export const modelNameBytesMax = 64;
export const platformIdBytesMax = 64;
export const governanceDelayMaxSeconds = 7_776_000;

export const hashKey = Dictionary.Keys.Buffer(32);

export const listingValue: DictionaryValue<ModelListing> = {
  serialize: (listing, builder) => {
    builder
      .storeUint(listing.contextTokens, 32)
      .storeUint(listing.promptPerMillionMax, 64)
      .storeUint(listing.completionPerMillionMax, 64)
      .storeRef(textCell(listing.name, modelNameBytesMax));
  },
  parse: (slice) => {
    const listing = {
      contextTokens: slice.loadUint(32),
      promptPerMillionMax: nanotons(slice.loadUintBig(64)),
      completionPerMillionMax: nanotons(slice.loadUintBig(64)),
      name: textOfCell(slice.loadRef()),
    };
    slice.endParse();
    return listing;
  },
};

export const measurementValue: DictionaryValue<Measurement> = {
  serialize: ({ teeType, role, evaluationMin }, builder) => {
    builder.storeUint(teeType, 32).storeUint(role, 8).storeUint(evaluationMin, 32);
  },
  parse: (slice) => {
    const measurement = {
      teeType: slice.loadUint(32),
      role: slice.loadUint(8),
      evaluationMin: slice.loadUint(32),
    };
    slice.endParse();
    return measurement;
  },
};

export function dictionaryOf<Value>(
  entries: ReadonlyMap<string, Value>,
  value: DictionaryValue<Value>,
): Dictionary<Buffer, Value> {
  const dictionary = Dictionary.empty(hashKey, value);
  for (const [hash, entry] of entries) {
    const key = fromHex(hash);
    if (key?.length !== 32) throw new RangeError("a hash is not 32 bytes");
    dictionary.set(Buffer.from(key), entry);
  }
  return dictionary;
}

export function mapOf<Value>(dictionary: Dictionary<Buffer, Value>): ReadonlyMap<string, Value> {
  return new Map([...dictionary].map(([key, value]) => [toHex(key), value]));
}

export function paramsCell(params: NetworkParams): Cell {
  const codes = beginCell()
    .store(storeHash(params.channelCodeHash))
    .store(storeHash(params.proxyBondCodeHash))
    .store(storeHash(params.workerBondCodeHash));
  return beginCell()
    .storeUint(params.tcbEvaluationFloor, 32)
    .storeCoins(params.bondMin)
    .storeCoins(params.workerBondMin)
    .storeRef(codes)
    .endCell();
}

/** Throws any Error for other cells, as the two below. */
export function paramsOf(cell: Cell): NetworkParams {
  const slice = cell.beginParse();
  const tcbEvaluationFloor = slice.loadUint(32);
  const bondMin = nanotons(slice.loadCoins());
  const workerBondMin = nanotons(slice.loadCoins());
  const codes = slice.loadRef().beginParse();
  slice.endParse();
  const [channelCodeHash, proxyBondCodeHash, workerBondCodeHash] = [
    toHex(codes.loadBuffer(32)),
    toHex(codes.loadBuffer(32)),
    toHex(codes.loadBuffer(32)),
  ];
  codes.endParse();
  return {
    tcbEvaluationFloor,
    bondMin,
    workerBondMin,
    channelCodeHash,
    proxyBondCodeHash,
    workerBondCodeHash,
  };
}

export function governanceCell(governance: Governance): Cell {
  const { delaySeconds } = governance;
  if (delaySeconds > governanceDelayMaxSeconds) throw new RangeError(`delay of ${delaySeconds}`);
  return beginCell().storeUint(delaySeconds, 32).store(storeKeySet(governance)).endCell();
}

export function governanceOf(cell: Cell): Governance {
  const slice = cell.beginParse();
  const governance = { delaySeconds: slice.loadUint(32), ...loadKeySet(slice) };
  slice.endParse();
  return governance;
}

export function keySetCell(set: KeySet): Cell {
  return beginCell().store(storeKeySet(set)).endCell();
}

export function keySetOf(cell: Cell): KeySet {
  const slice = cell.beginParse();
  const set = loadKeySet(slice);
  slice.endParse();
  return set;
}

/** A platform's id, given as hex of 1 to 64 bytes. */
export function platformIdCell(platformId: string): Cell {
  const bytes = fromHex(platformId) ?? new Uint8Array();
  if (bytes.length === 0 || bytes.length > platformIdBytesMax) throw new RangeError("platform id");
  return beginCell().storeBuffer(Buffer.from(bytes)).endCell();
}

export function platformIdOf(cell: Cell): string {
  const slice = cell.beginParse();
  const platformId = toHex(slice.loadBuffer(slice.remainingBits / 8));
  slice.endParse();
  return platformId;
}
