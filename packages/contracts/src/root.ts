// What the network trusts: tolk/Root.tolk.

import { beginCell, type Cell, Dictionary, type DictionaryValue, type Slice } from "@ton/core";
import { fromHex, type Nanotons, nanotons, type RawAddress, toHex } from "@cocoon/protocol";
import { initAddress, tonAddress } from "./address.ts";
import { storeFixed, textCell, textOfCell } from "./cells.ts";
import { type ContractCode, contractCode, type ContractInit } from "./code.ts";
import { rootCompiled } from "./compiled/root.ts";
import { type GetterStack, readStack } from "./getter-stack.ts";

export const rootCode: ContractCode = contractCode(rootCompiled);

/** What a root is, for ever: with the code it makes the address. */
export type RootIdentity = {
  /** The wallet that may change what stands here. */
  readonly governance: RawAddress;
  /** u64. Tells networks of one governance apart. */
  readonly salt: bigint;
};

export type NetworkParams = {
  /** The oldest TCB evaluation data number of TEE collateral that is accepted. */
  readonly tcbEvaluationFloor: number;
  /** Lower-case hex, 32 bytes; zeros before params were set. */
  readonly channelCodeHash: string;
  /** Lower-case hex, 32 bytes; zeros before params were set. */
  readonly proxyBondCodeHash: string;
  /** A proxy with a smaller bond does not count. */
  readonly bondMin: Nanotons;
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
};

/** The root as its get method tells it. Keys are lower-case hex of 32 bytes. */
export type RootState = RootIdentity & {
  /** One more with each change. */
  readonly revision: number;
  readonly params: NetworkParams;
  /** By manifest hash. */
  readonly models: ReadonlyMap<string, ModelListing>;
  /** By image hash. */
  readonly measurements: ReadonlyMap<string, Measurement>;
};

export const rootOpcodes = {
  setParams: 0x52540001,
  setModel: 0x52540002,
  removeModel: 0x52540003,
  setMeasurement: 0x52540004,
  removeMeasurement: 0x52540005,
} as const;

export const rootGetter = "get_root";
export const modelNameBytesMax = 64;

/**
 * What to attach to each message. Enough at the prices before 2026 too; what is not used returns at once. Each entry
 * leaves five years of storage behind.
 */
export const rootAttachment: Nanotons = nanotons(200_000_000n);

/** Code and first data of a root. The first setParams carries it. Malformed fields are a bug of the caller. */
export function rootInit(identity: RootIdentity): ContractInit {
  const constant = beginCell()
    .storeAddress(tonAddress(identity.governance))
    .storeUint(identity.salt, 64);
  const zeros = "00".repeat(32);
  const data = beginCell()
    .storeUint(0, 32)
    .storeUint(0, 16)
    .storeUint(0, 16)
    .storeUint(0, 32)
    .store(storeHash(zeros))
    .store(storeHash(zeros))
    .storeCoins(0)
    .storeRef(constant)
    .storeMaybeRef(null)
    .storeMaybeRef(null);
  return { code: rootCode.cell, data: data.endCell() };
}

export function rootAddress(identity: RootIdentity): RawAddress {
  return initAddress(rootInit(identity));
}

/** From governance. */
export function setParamsBody(params: NetworkParams, queryId = 0n): Cell {
  return beginCell()
    .storeUint(rootOpcodes.setParams, 32)
    .storeUint(queryId, 64)
    .storeUint(params.tcbEvaluationFloor, 32)
    .store(storeHash(params.channelCodeHash))
    .store(storeHash(params.proxyBondCodeHash))
    .storeCoins(params.bondMin)
    .endCell();
}

/** From governance: lists a model, or changes its listing. */
export function setModelBody(manifestHash: string, listing: ModelListing, queryId = 0n): Cell {
  return beginCell()
    .storeUint(rootOpcodes.setModel, 32)
    .storeUint(queryId, 64)
    .store(storeHash(manifestHash))
    .store((builder) => listingValue.serialize(listing, builder))
    .endCell();
}

/** From governance: fails with NotListed when it is not there. */
export function removeModelBody(manifestHash: string, queryId = 0n): Cell {
  return keyBody(rootOpcodes.removeModel, manifestHash, queryId);
}

/** From governance: allows an image, or changes what it may be. */
export function setMeasurementBody(
  imageHash: string,
  measurement: Measurement,
  queryId = 0n,
): Cell {
  return beginCell()
    .storeUint(rootOpcodes.setMeasurement, 32)
    .storeUint(queryId, 64)
    .store(storeHash(imageHash))
    .store((builder) => measurementValue.serialize(measurement, builder))
    .endCell();
}

/** From governance: fails with NotListed when it is not there. */
export function removeMeasurementBody(imageHash: string, queryId = 0n): Cell {
  return keyBody(rootOpcodes.removeMeasurement, imageHash, queryId);
}

/** What a message from governance changes. An entry that is undefined is removed. */
export type RootChange =
  | { readonly kind: "params"; readonly params: NetworkParams }
  | {
      readonly kind: "model";
      readonly manifestHash: string;
      readonly listing: ModelListing | undefined;
    }
  | {
      readonly kind: "measurement";
      readonly imageHash: string;
      readonly measurement: Measurement | undefined;
    };

/** The change that a message's body asks for, or undefined when it is none. Whether it was made, the contract decides. */
export function parseRootChange(body: Cell): RootChange | undefined {
  const slice = body.beginParse();
  if (slice.remainingBits < 96) return undefined;
  const opcode = slice.loadUint(32);
  slice.skip(64);
  try {
    return readChange(opcode, slice);
  } catch {
    return undefined;
  }
}

function readChange(opcode: number, slice: Slice): RootChange | undefined {
  const hash = (): string => toHex(slice.loadBuffer(32));
  switch (opcode) {
    case rootOpcodes.setParams: {
      const params = {
        tcbEvaluationFloor: slice.loadUint(32),
        channelCodeHash: hash(),
        proxyBondCodeHash: hash(),
        bondMin: nanotons(slice.loadCoins()),
      };
      return { kind: "params", params };
    }
    case rootOpcodes.setModel:
      return { kind: "model", manifestHash: hash(), listing: listingValue.parse(slice) };
    case rootOpcodes.removeModel:
      return { kind: "model", manifestHash: hash(), listing: undefined };
    case rootOpcodes.setMeasurement: {
      const imageHash = hash();
      return { kind: "measurement", imageHash, measurement: measurementValue.parse(slice) };
    }
    case rootOpcodes.removeMeasurement:
      return { kind: "measurement", imageHash: hash(), measurement: undefined };
    default:
      return undefined;
  }
}

/** Reads the result of rootGetter. Throws contract_unexpected. */
export function parseRoot(stack: GetterStack): RootState {
  return readStack(rootGetter, stack, (reader) => {
    const identity = { governance: reader.address(), salt: reader.uint64() };
    const revision = reader.uint32();
    const params = {
      tcbEvaluationFloor: reader.uint32(),
      channelCodeHash: toHex(reader.bytes32()),
      proxyBondCodeHash: toHex(reader.bytes32()),
      bondMin: reader.nanotons(),
    };
    const lists = reader.cell().beginParse();
    const models = listOf(lists.loadDict(hashKey, listingValue));
    const measurements = listOf(lists.loadDict(hashKey, measurementValue));
    lists.endParse();
    return { ...identity, revision, params, models, measurements };
  });
}

const hashKey = Dictionary.Keys.Buffer(32);

const listingValue: DictionaryValue<ModelListing> = {
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

const measurementValue: DictionaryValue<Measurement> = {
  serialize: (measurement, builder) => {
    builder.storeUint(measurement.teeType, 32).storeUint(measurement.role, 8);
  },
  parse: (slice) => {
    const measurement = { teeType: slice.loadUint(32), role: slice.loadUint(8) };
    slice.endParse();
    return measurement;
  },
};

function listOf<Value>(dictionary: Dictionary<Buffer, Value>): ReadonlyMap<string, Value> {
  return new Map([...dictionary].map(([key, value]) => [toHex(key), value]));
}

function keyBody(opcode: number, key: string, queryId: bigint): Cell {
  return beginCell().storeUint(opcode, 32).storeUint(queryId, 64).store(storeHash(key)).endCell();
}

/** Stores a hash given as hex of 32 bytes; anything else is a bug of the caller. */
function storeHash(hex: string): ReturnType<typeof storeFixed> {
  return storeFixed(fromHex(hex) ?? new Uint8Array(), 32);
}
