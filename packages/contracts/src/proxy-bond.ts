// A proxy's bond, terms and newest checkpoint: tolk/ProxyBond.tolk.

import { beginCell, type Builder, type Cell, type Slice } from "@ton/core";
import { ByteWriter, type Nanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import { initAddress, rawAddress, tonAddress } from "./address.ts";
import { bareBody, readCell, readData, storeFixed, textCell, textOfCell } from "./cells.ts";
import { type ContractCode, contractCode, type ContractInit } from "./code.ts";
import { proxyBondCompiled } from "./compiled/proxy-bond.ts";
import { proxyFaultOf, type ProxySlash } from "./proxy-bond-slash.ts";
import { type GetterStack, readStack, type StackReader } from "./getter-stack.ts";

/** The code that every proxy bond has. */
export const proxyBondCode: ContractCode = contractCode(proxyBondCompiled);

/** What a bond is, for ever: with the code it makes the address. */
export type ProxyBondParams = {
  readonly owner: RawAddress;
  /** u64. Tells bonds of one owner apart. */
  readonly salt: bigint;
};

/** What a proxy declares in public. */
export type ProxyTerms = {
  /** Where clients and workers reach it: 1 to 127 bytes of UTF-8. */
  readonly url: string;
  /** Ed25519 public key, 32 bytes: signs the log's checkpoints and anchors. */
  readonly logKey: Uint8Array;
  /** Parts of ten thousand that the proxy adds to the price of work, at most 10,000. */
  readonly feeBps: number;
  /** Between asking for the bond and getting it, at least closeDelayMinSeconds; set at registration. */
  readonly closeDelaySeconds: number;
};

/** A checkpoint of the receipt log as it stands on chain. */
export type AnchoredCheckpoint = {
  readonly treeSize: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly timestampSeconds: number;
  /** Anchors so far, this one included. */
  readonly count: number;
  /** 32 bytes: cellDigest(chain before this anchor, anchor digest); zeros before the first. */
  readonly chain: Uint8Array;
};

/** A log key that was replaced. What it signed can still cost the bond for a while. */
export type FormerLogKey = { readonly logKey: Uint8Array; readonly untilSeconds: number };

export type ProxyBondPhase =
  | { readonly phase: "unregistered" }
  | ({ readonly phase: "bonded" } & ProxyTerms)
  | ({
      readonly phase: "unbonding";
      /** Unix seconds from which the owner can take the bond. */
      readonly withdrawableAtSeconds: number;
    } & ProxyTerms)
  | ({ readonly phase: "slashed"; readonly slash: ProxySlash } & ProxyTerms);

/** A bond as its get method tells it. */
export type ProxyBondState = ProxyBondParams &
  ProxyBondPhase & {
    readonly bond: Nanotons;
    /** The newest; undefined before the first anchor. It outlives the bond. */
    readonly checkpoint: AnchoredCheckpoint | undefined;
    /** Undefined before the log key was first replaced. */
    readonly formerKey: FormerLogKey | undefined;
  };

export const proxyBondOpcodes = {
  register: 0x42440001,
  deposit: 0x42440002,
  update: 0x42440003,
  withdrawSurplus: 0x42440004,
  requestUnbond: 0x42440005,
  withdrawBond: 0x42440006,
  anchor: 0x42440100,
} as const;

/** What the contract sends to its owner with a withdrawal. */
export const withdrawnNotice = 0x42441001;

/** The event of an anchor, an external message to nobody. */
export const checkpointAnchoredEvent = 0x42442001;

export const proxyBondGetter = "get_proxy_bond";
export const proxyUrlBytesMax = 127;

/** A bond that can be taken sooner is refused: proofs need time. */
export const closeDelayMinSeconds = 172_800;

/** A promised leaf must be anchored within this time. */
export const anchorDeadlineSeconds = 86_400;

/**
 * What to attach to a message beyond the amount that it names. What is not used stays in the contract and pays for
 * anchors, until the owner withdraws it. Registering leaves five years of storage behind.
 */
export const proxyBondAttachment = {
  register: nanotons(200_000_000n),
  other: nanotons(50_000_000n),
} as const;

/** Code and first data of a bond. Malformed params are a bug of the caller. */
export function proxyBondInit(params: ProxyBondParams): ContractInit {
  const constant = beginCell().storeAddress(tonAddress(params.owner)).storeUint(params.salt, 64);
  const data = beginCell()
    .storeUint(0, 8)
    .storeUint(0, 32)
    .storeCoins(0)
    .store(storeNoCheckpoint)
    .storeRef(constant)
    .storeMaybeRef(null)
    .storeMaybeRef(null)
    .storeMaybeRef(null);
  return { code: proxyBondCode.cell, data: data.endCell() };
}

/** Where the bond with these params is, registered or not. */
export function proxyBondAddress(params: ProxyBondParams): RawAddress {
  return initAddress(proxyBondInit(params));
}

/** From the owner, with the bond, proxyBondAttachment.register and a budget for anchors as value. */
export function registerBondBody(bond: Nanotons, terms: ProxyTerms, queryId = 0n): Cell {
  const declared = beginCell()
    .store(storeFixed(terms.logKey, 32))
    .storeUint(terms.feeBps, 16)
    .storeUint(terms.closeDelaySeconds, 32)
    .storeRef(textCell(terms.url, proxyUrlBytesMax));
  return beginCell()
    .storeUint(proxyBondOpcodes.register, 32)
    .storeUint(queryId, 64)
    .storeCoins(bond)
    .storeRef(declared)
    .endCell();
}

/** From the owner, with amount and proxyBondAttachment.other as value: adds to the bond. */
export function depositBondBody(amount: Nanotons, queryId = 0n): Cell {
  return beginCell()
    .storeUint(proxyBondOpcodes.deposit, 32)
    .storeUint(queryId, 64)
    .storeCoins(amount)
    .endCell();
}

/** New terms; the log key stays when none is named, and the close delay always does. */
export type ProxyTermsUpdate = Pick<ProxyTerms, "url" | "feeBps"> & {
  readonly logKey?: Uint8Array;
};

/** From the owner. */
export function updateTermsBody(update: ProxyTermsUpdate, queryId = 0n): Cell {
  const body = beginCell()
    .storeUint(proxyBondOpcodes.update, 32)
    .storeUint(queryId, 64)
    .storeUint(update.feeBps, 16)
    .storeBit(update.logKey !== undefined);
  if (update.logKey !== undefined) body.store(storeFixed(update.logKey, 32));
  return body.storeRef(textCell(update.url, proxyUrlBytesMax)).endCell();
}

/** From the owner: sends it all above bond and storage reserve. */
export function withdrawSurplusBody(queryId = 0n): Cell {
  return bareBody(proxyBondOpcodes.withdrawSurplus, queryId);
}

/** From the owner: starts the close delay. Anchors still count meanwhile. */
export function requestUnbondBody(queryId = 0n): Cell {
  return bareBody(proxyBondOpcodes.requestUnbond, queryId);
}

/** From the owner, after the close delay: sends it the bond. */
export function withdrawBondBody(queryId = 0n): Cell {
  return bareBody(proxyBondOpcodes.withdrawBond, queryId);
}

/** What the log key signs as anchorDigest, with its signature of 64 bytes. */
export type SignedAnchor = {
  readonly treeSize: number;
  readonly root: Uint8Array;
  readonly timestampSeconds: number;
  readonly signature: Uint8Array;
};

/** The body of the one external message. The contract pays for it, from what lies above its bond and reserve. */
export function anchorBody(anchor: SignedAnchor): Cell {
  return beginCell()
    .storeUint(proxyBondOpcodes.anchor, 32)
    .storeUint(anchor.treeSize, 64)
    .store(storeFixed(anchor.root, 32))
    .storeUint(anchor.timestampSeconds, 64)
    .store(storeFixed(anchor.signature, 64))
    .endCell();
}

/** The checkpoint that an anchor's event tells, or undefined when the message is another one. */
export function parseCheckpointAnchored(body: Cell): AnchoredCheckpoint | undefined {
  const slice = body.beginParse();
  if (slice.remainingBits !== 736 || slice.loadUint(32) !== checkpointAnchoredEvent) {
    return undefined;
  }
  const checkpoint = checkpointFields(slice);
  const { treeSize, timestampSeconds } = checkpoint;
  return Number.isSafeInteger(treeSize) && Number.isSafeInteger(timestampSeconds)
    ? checkpoint
    : undefined;
}

function checkpointFields(slice: Slice): AnchoredCheckpoint {
  return {
    treeSize: Number(slice.loadUintBig(64)),
    root: Uint8Array.from(slice.loadBuffer(32)),
    timestampSeconds: Number(slice.loadUintBig(64)),
    count: Number(slice.loadUintBig(64)),
    chain: Uint8Array.from(slice.loadBuffer(32)),
  };
}

function loadCheckpoint(slice: Slice): AnchoredCheckpoint | undefined {
  const checkpoint = checkpointFields(slice);
  const { treeSize, timestampSeconds, count } = checkpoint;
  if (![treeSize, timestampSeconds, count].every(Number.isSafeInteger)) {
    throw new RangeError("integer out of range");
  }
  return count === 0 ? undefined : checkpoint;
}

/** Reads the result of proxyBondGetter. Throws contract_unexpected. */
export function parseProxyBond(stack: GetterStack): ProxyBondState {
  return readStack(proxyBondGetter, stack, (reader) => {
    const phase = phaseOf(reader.uint(3));
    const withdrawableAtSeconds = reader.uint32();
    const bond = reader.nanotons();
    const params = { owner: reader.address(), salt: reader.uint64() };
    const terms = readTerms(reader, phase !== "unregistered");
    const checkpoint = readCheckpoint(reader);
    const common = { ...params, bond, checkpoint, formerKey: readFormerKey(reader) };
    const slash = readSlash(reader);
    return { ...common, ...phaseParts({ phase, withdrawableAtSeconds, terms, slash }) };
  });
}

/** Reads the data cell of a bond's account, which says what its get method would. Throws contract_unexpected. */
export function parseProxyBondData(data: Cell): ProxyBondState {
  return readData("proxy bond", data, (slice) => {
    const phase = phaseOf(slice.loadUint(8));
    const withdrawableAtSeconds = slice.loadUint(32);
    const bond = nanotons(slice.loadCoins());
    const checkpoint = loadCheckpoint(slice);
    const params = readCell(slice.loadRef(), (inner) => ({
      owner: rawAddress(inner.loadAddress()),
      salt: inner.loadUintBig(64),
    }));
    const terms = optional(slice, loadTerms);
    const formerKey = optional(slice, loadFormerKey);
    const slash = optional(slice, loadSlash);
    const common = { ...params, bond, checkpoint, formerKey };
    return { ...common, ...phaseParts({ phase, withdrawableAtSeconds, terms, slash }) };
  });
}

const phases = ["unregistered", "bonded", "unbonding", "slashed"] as const;

function phaseOf(number: number): ProxyBondPhase["phase"] {
  const phase = phases[number];
  if (phase === undefined) throw new RangeError("no such phase");
  return phase;
}

type PhaseParts = {
  readonly phase: ProxyBondPhase["phase"];
  readonly withdrawableAtSeconds: number;
  readonly terms: ProxyTerms | undefined;
  readonly slash: ProxySlash | undefined;
};

/** What a bond says of itself in its phase. Throws RangeError where a part of that is missing. */
function phaseParts({ phase, withdrawableAtSeconds, terms, slash }: PhaseParts): ProxyBondPhase {
  if (phase === "unregistered") return { phase };
  if (terms === undefined) throw new RangeError("no terms");
  if (phase === "bonded") return { ...terms, phase };
  if (phase === "unbonding") return { ...terms, phase, withdrawableAtSeconds };
  if (slash === undefined) throw new RangeError("slashed for nothing");
  return { ...terms, phase, slash };
}

function optional<Value>(slice: Slice, load: (inner: Slice) => Value): Value | undefined {
  const cell = slice.loadMaybeRef();
  return cell === null ? undefined : readCell(cell, load);
}

function loadTerms(slice: Slice): ProxyTerms {
  const logKey = Uint8Array.from(slice.loadBuffer(32));
  const feeBps = slice.loadUint(16);
  if (feeBps > 10_000) throw new RangeError("fee");
  return {
    logKey,
    feeBps,
    closeDelaySeconds: slice.loadUint(32),
    url: textOfCell(slice.loadRef()),
  };
}

function loadFormerKey(slice: Slice): FormerLogKey {
  return { logKey: Uint8Array.from(slice.loadBuffer(32)), untilSeconds: slice.loadUint(32) };
}

function loadSlash(slice: Slice): ProxySlash {
  return {
    fault: proxyFaultOf(slice.loadUint(8)),
    slashedAtSeconds: slice.loadUint(32),
    amount: nanotons(slice.loadCoins()),
  };
}

function readFormerKey(reader: StackReader): FormerLogKey | undefined {
  const former = { logKey: reader.bytes32(), untilSeconds: reader.uint32() };
  return former.untilSeconds === 0 ? undefined : former;
}

function readSlash(reader: StackReader): ProxySlash {
  return {
    fault: proxyFaultOf(reader.uint(255)),
    slashedAtSeconds: reader.uint32(),
    amount: reader.nanotons(),
  };
}

function readTerms(reader: StackReader, declared: boolean): ProxyTerms {
  const logKey = reader.bytes32();
  const feeBps = reader.uint(10_000);
  const closeDelaySeconds = reader.uint32();
  const text = reader.cell();
  return { logKey, feeBps, closeDelaySeconds, url: declared ? textOfCell(text) : "" };
}

function readCheckpoint(reader: StackReader): AnchoredCheckpoint | undefined {
  const checkpoint = {
    treeSize: reader.uint(Number.MAX_SAFE_INTEGER),
    root: reader.bytes32(),
    timestampSeconds: reader.uint(Number.MAX_SAFE_INTEGER),
    count: reader.uint(Number.MAX_SAFE_INTEGER),
    chain: reader.bytes32(),
  };
  return checkpoint.count === 0 ? undefined : checkpoint;
}

function storeNoCheckpoint(builder: Builder): void {
  const nothing = new ByteWriter().bytes(new Uint8Array(8 + 32 + 8 + 8 + 32)).finish();
  builder.store(storeFixed(nothing, 88));
}
