// What the network trusts: tolk/Root.tolk.

import { beginCell, Cell, Dictionary, type DictionaryValue, type Slice } from "@ton/core";
import { type Nanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import { initAddress } from "./address.ts";
import { bareBody, readData } from "./cells.ts";
import { type ContractCode, contractCode, type ContractInit } from "./code.ts";
import { rootCompiled } from "./compiled/root.ts";
import { type GetterStack, readStack } from "./getter-stack.ts";
import type { KeySet } from "./key-set.ts";
import { changeOf, type RootChange } from "./root-change.ts";
import {
  dictionaryOf,
  type Governance,
  governanceCell,
  governanceOf,
  hashKey,
  keySetCell,
  keySetOf,
  listingValue,
  mapOf,
  type Measurement,
  measurementValue,
  type ModelListing,
  type NetworkParams,
  paramsCell,
  paramsOf,
  platformIdOf,
} from "./root-entries.ts";
import { resolutionCell, type SignedStatement, storeSigned } from "./root-statement.ts";

export const rootCode: ContractCode = contractCode(rootCompiled);

/** What a root allows. Keys of the lists are lower-case hex of 32 bytes. */
export type RootRules = {
  readonly params: NetworkParams;
  readonly governance: Governance;
  /** Whose verdict on a worker counts. */
  readonly auditors: KeySet;
  /** By manifest hash. */
  readonly models: ReadonlyMap<string, ModelListing>;
  /** By image hash. */
  readonly measurements: ReadonlyMap<string, Measurement>;
};

/** How a root begins. With the code it makes the address, so the address commits to the first lists. */
export type RootGenesis = RootRules & {
  /** u64. Tells networks that begin alike apart. */
  readonly salt: bigint;
};

/** A change that everybody may execute once its time has come. */
export type PendingChange = {
  readonly id: number;
  /** Unix seconds. */
  readonly executeAtSeconds: number;
  readonly change: RootChange;
};

/** The root as its get method tells it. */
export type RootState = RootRules & {
  readonly genesis: RootGenesis;
  /** How many changes were made: 0 is the genesis. */
  readonly revision: number;
  /** What the next statement of governance must be numbered. */
  readonly sequence: number;
  /** Platforms and GPUs that may not serve, by their id in lower-case hex, with the time of the ban in Unix seconds. */
  readonly bans: ReadonlyMap<string, number>;
  /** In the order of their proposal, at most sixteen. */
  readonly pending: readonly PendingChange[];
};

export const rootOpcodes = {
  deploy: 0x52540001,
  propose: 0x52540002,
  execute: 0x52540003,
  cancel: 0x52540004,
  revoke: 0x52540005,
} as const;

export const rootGetter = "get_root";
export const rootPendingMax = 16;

/**
 * What to attach to each message but the deployment. Enough at the prices before 2026 too; what is not used returns at
 * once. Each entry and each pending change leaves five years of storage behind.
 */
export const rootAttachment: Nanotons = nanotons(300_000_000n);

/** What to attach to the deployment: the same, with the storage of all first entries. */
export function rootDeployAttachment({ models, measurements }: RootGenesis): Nanotons {
  return nanotons(rootAttachment + 20_000_000n * BigInt(models.size + measurements.size));
}

/** Code and first data of a root. Malformed fields are a bug of the caller. */
export function rootInit(genesis: RootGenesis): ContractInit {
  const data = beginCell().storeRef(genesisCell(genesis)).storeMaybeRef(null).endCell();
  return { code: rootCode.cell, data };
}

export function rootAddress(genesis: RootGenesis): RawAddress {
  return initAddress(rootInit(genesis));
}

/** A genesis as a bag of cells, base64, for whoever must find the same address again later. */
export function encodeRootGenesis(genesis: RootGenesis): string {
  return genesisCell(genesis).toBoc().toString("base64");
}

/** The genesis of such a text, or undefined when it is none. */
export function parseRootGenesis(text: string): RootGenesis | undefined {
  try {
    return genesisOf(Cell.fromBase64(text));
  } catch {
    return undefined;
  }
}

function genesisCell(genesis: RootGenesis): Cell {
  const { salt, models, measurements } = genesis;
  const lists = beginCell()
    .storeDict(dictionaryOf(models, listingValue))
    .storeDict(dictionaryOf(measurements, measurementValue));
  return beginCell()
    .storeUint(salt, 64)
    .storeUint(models.size, 16)
    .storeUint(measurements.size, 16)
    .storeRef(paramsCell(genesis.params))
    .storeRef(governanceCell(genesis.governance))
    .storeRef(keySetCell(genesis.auditors))
    .storeRef(lists)
    .endCell();
}

/** From anyone, with the first data: begins the root as its address says. */
export function deployRootBody(queryId = 0n): Cell {
  return bareBody(rootOpcodes.deploy, queryId);
}

/** From anyone, after the delay. */
export function executeChangeBody(id: number, queryId = 0n): Cell {
  return beginCell()
    .storeUint(rootOpcodes.execute, 32)
    .storeUint(queryId, 64)
    .storeUint(id, 64)
    .endCell();
}

/** From anyone: what governance decided. */
export function statementBody(statement: SignedStatement, queryId = 0n): Cell {
  const { resolution } = statement;
  const body = beginCell()
    .storeUint(rootOpcodes[resolution.action], 32)
    .storeUint(queryId, 64)
    .store(storeSigned(statement));
  const cell = resolutionCell(resolution);
  if (cell !== undefined) body.storeRef(cell);
  if (resolution.action === "cancel") body.storeUint(resolution.id, 64);
  return body.endCell();
}

/** Reads the result of rootGetter. Throws contract_unexpected. */
export function parseRoot(stack: GetterStack): RootState {
  return readStack(rootGetter, stack, (reader) => {
    const genesis = genesisOf(reader.cell());
    return { genesis, ...stateOf(reader.cell()) };
  });
}

/**
 * Reads the data cell of the root's account, which says what its get method would. Throws contract_unexpected, also
 * before the root was begun.
 */
export function parseRootData(data: Cell): RootState {
  return readData("root", data, (slice) => {
    const genesis = genesisOf(slice.loadRef());
    const state = slice.loadMaybeRef();
    if (state === null) throw new RangeError("not begun");
    return { genesis, ...stateOf(state) };
  });
}

function genesisOf(cell: Cell): RootGenesis {
  const slice = cell.beginParse();
  const salt = slice.loadUintBig(64);
  const counts = { models: slice.loadUint(16), measurements: slice.loadUint(16) };
  const rules = rulesOf(slice);
  const lists = slice.loadRef().beginParse();
  slice.endParse();
  const { models, measurements } = listsOf(lists, counts);
  lists.endParse();
  return { salt, ...rules, models, measurements };
}

function stateOf(cell: Cell): Omit<RootState, "genesis"> {
  const slice = cell.beginParse();
  const revision = slice.loadUint(32);
  const sequence = safe(slice.loadUintBig(64));
  const counts = { models: slice.loadUint(16), measurements: slice.loadUint(16) };
  const banCount = slice.loadUint(16);
  const pendingCount = slice.loadUint(8);
  const rules = rulesOf(slice);
  const lists = slice.loadRef().beginParse();
  slice.endParse();
  const { models, measurements } = listsOf(lists, counts);
  const bans = new Map(lists.loadDict(hashKey, banValue).values());
  const pending = [...lists.loadDict(Dictionary.Keys.BigUint(64), pendingValue)].map(
    ([id, entry]) => ({ id: safe(id), ...entry }),
  );
  lists.endParse();
  if (bans.size !== banCount || pending.length !== pendingCount) throw new RangeError("counts");
  return { revision, sequence, ...rules, models, measurements, bans, pending };
}

function rulesOf(slice: Slice): Pick<RootRules, "params" | "governance" | "auditors"> {
  return {
    params: paramsOf(slice.loadRef()),
    governance: governanceOf(slice.loadRef()),
    auditors: keySetOf(slice.loadRef()),
  };
}

function listsOf(
  slice: Slice,
  counts: { readonly models: number; readonly measurements: number },
): Pick<RootRules, "models" | "measurements"> {
  const models = mapOf(slice.loadDict(hashKey, listingValue));
  const measurements = mapOf(slice.loadDict(hashKey, measurementValue));
  const isCounted = models.size === counts.models && measurements.size === counts.measurements;
  if (!isCounted) throw new RangeError("counts");
  return { models, measurements };
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("integer out of range");
  return Number(value);
}

const banValue: DictionaryValue<readonly [string, number]> = {
  serialize: () => {
    throw new RangeError("bans are only read");
  },
  parse: (slice) => {
    const sinceSeconds = slice.loadUint(32);
    const platformId = platformIdOf(slice.loadRef());
    slice.endParse();
    return [platformId, sinceSeconds];
  },
};

const pendingValue: DictionaryValue<Omit<PendingChange, "id">> = {
  serialize: () => {
    throw new RangeError("pending changes are only read");
  },
  parse: (slice) => {
    const executeAtSeconds = safe(slice.loadUintBig(64));
    slice.skip(8 + 256);
    const change = changeOf(slice.loadRef());
    slice.endParse();
    return { executeAtSeconds, change };
  },
};
