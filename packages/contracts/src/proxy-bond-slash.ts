// What costs a proxy its bond: tolk/ProxyBond.tolk, the messages that anyone may send.

import { beginCell, type Builder, type Cell } from "@ton/core";
import {
  friendlyAddress,
  fromBase64,
  type Nanotons,
  nanotons,
  parsePromise,
  type RawAddress,
} from "@cocoon/protocol";
import { rawAddress } from "./address.ts";
import { proofCell, storeFixed } from "./cells.ts";

/**
 * What was proven: two trees of one size; two trees that differ in a leaf; another leaf than was promised; a promised
 * leaf that was not anchored in time. "none" is only said of a bond that was not slashed.
 */
export type ProxyFault = "none" | "equivocation" | "inconsistency" | "omission" | "delay";

const faults: readonly ProxyFault[] = [
  "none",
  "equivocation",
  "inconsistency",
  "omission",
  "delay",
];

/** The fault of this number; RangeError when there is none. */
export function proxyFaultOf(number: number): ProxyFault {
  const fault = faults[number];
  if (fault === undefined) throw new RangeError("no such fault");
  return fault;
}

/** How a bond ended. */
export type ProxySlash = {
  readonly fault: ProxyFault;
  readonly slashedAtSeconds: number;
  /** The bond that was lost, in all. */
  readonly amount: Nanotons;
};

export const proxySlashOpcodes = { contradiction: 0x42440007, omission: 0x42440008 } as const;

const anchorOpcode = 0x42440100;
const anchorBits = 32 + 64 + 256 + 64 + 512;

/** What the reporter gets the bounty with, whatever contract was slashed. */
export const bountyNotice = 0x534c1001;

/** The reporter gets this part of a bond; the rest is burned. */
export const bountyDivisor = 4n;

/** The event of a slash, an external message to nobody. */
export const proxySlashedEvent = 0x42442002;

/** What to attach to a proof: what is not used comes back with the bounty. */
export const slashAttachment: Nanotons = nanotons(100_000_000n);

/**
 * A tree head with the log key's signature of it, 64 bytes: of a checkpoint's text, or of an anchor's digest. The anchor
 * may be an old one: its signature is in the message that brought it to the chain.
 */
export type SignedHead = {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly signature: Uint8Array;
} & (
  | { readonly kind: "checkpoint" }
  | { readonly kind: "anchor"; readonly timestampSeconds: number }
);

/** The head in the message of an anchor, with its signature, or undefined when the message is another one. */
export function parseAnchor(body: Cell): SignedHead | undefined {
  const slice = body.beginParse();
  if (slice.remainingBits !== anchorBits || slice.loadUint(32) !== anchorOpcode) return undefined;
  const size = Number(slice.loadUintBig(64));
  const root = Uint8Array.from(slice.loadBuffer(32));
  const timestampSeconds = Number(slice.loadUintBig(64));
  const signature = Uint8Array.from(slice.loadBuffer(64));
  return { kind: "anchor", size, root, timestampSeconds, signature };
}

/** A leaf hash and its inclusion proof in a tree that is named beside it, deepest hash first. */
export type ProvenLeaf = { readonly leaf: Uint8Array; readonly proof: readonly Uint8Array[] };

/** Two trees that one growing log cannot both have had. */
export type Contradiction = {
  readonly first: SignedHead;
  /** None: the newest anchor of the bond. */
  readonly second?: SignedHead;
  /** Different leaves of one index in both. None: the sizes are equal and the roots differ. */
  readonly difference?: {
    readonly index: number;
    readonly first: ProvenLeaf;
    readonly second: ProvenLeaf;
  };
};

/** From anyone, with slashAttachment: the sender gets the bounty. */
export function slashContradictionBody(
  bond: RawAddress,
  { first, second, difference }: Contradiction,
  queryId = 0n,
): Cell {
  return beginCell()
    .storeUint(proxySlashOpcodes.contradiction, 32)
    .storeUint(queryId, 64)
    .storeUint(originChecksum(bond), 16)
    .storeRef(beginCell().store(storeHead(first)))
    .store(storeOptionalHead(second))
    .storeMaybeRef(difference && differenceCell(difference))
    .endCell();
}

/** A promise that was not kept. */
export type BrokenPromise = {
  /** 148 bytes, as the log signed them. */
  readonly promise: Uint8Array;
  /** Another leaf at the promised index. None: no anchor covers the index, though the deadline has passed. */
  readonly shown?: ProvenLeaf & {
    /** None: the newest anchor of the bond. */
    readonly head?: SignedHead;
  };
};

/** From anyone, with slashAttachment: the sender gets the bounty. Throws promise_invalid. */
export function slashOmissionBody(
  bond: RawAddress,
  { promise, shown }: BrokenPromise,
  queryId = 0n,
): Cell {
  const { leafHash, index, timestampMs } = parsePromise(promise);
  const signed = beginCell()
    .store(storeFixed(leafHash, 32))
    .storeUint(index, 64)
    .storeUint(timestampMs, 64)
    .store(storeFixed(promise.subarray(-64), 64));
  const other =
    shown &&
    beginCell()
      .store(storeOptionalHead(shown.head))
      .store(storeFixed(shown.leaf, 32))
      .storeMaybeRef(proofCell(shown.proof))
      .endCell();
  return beginCell()
    .storeUint(proxySlashOpcodes.omission, 32)
    .storeUint(queryId, 64)
    .storeUint(originChecksum(bond), 16)
    .storeRef(signed)
    .storeMaybeRef(other)
    .endCell();
}

/** What the event of a slash tells, or undefined when the message is another one. */
export function parseProxySlashed(
  body: Cell,
): { fault: ProxyFault; amount: Nanotons; reporter: RawAddress } | undefined {
  const slice = body.beginParse();
  if (slice.remainingBits < 32 || slice.loadUint(32) !== proxySlashedEvent) return undefined;
  try {
    const fault = proxyFaultOf(slice.loadUint(8));
    const amount = nanotons(slice.loadCoins());
    const reporter = rawAddress(slice.loadAddress());
    slice.endParse();
    return { fault, amount, reporter };
  } catch {
    return undefined;
  }
}

/** The checksum in the bond's friendly address, which the contract would find dear to compute. */
function originChecksum(bond: RawAddress): number {
  const bytes = fromBase64(friendlyAddress(bond).replaceAll("-", "+").replaceAll("_", "/"));
  const [high = 0, low = 0] = bytes?.subarray(-2) ?? [];
  return high * 256 + low;
}

function storeHead(head: SignedHead): (builder: Builder) => void {
  return (builder) => {
    builder
      .storeUint(head.kind === "checkpoint" ? 1 : 2, 8)
      .storeUint(head.size, 64)
      .store(storeFixed(head.root, 32));
    if (head.kind === "anchor") builder.storeUint(head.timestampSeconds, 64);
    builder.store(storeFixed(head.signature, 64));
  };
}

function storeOptionalHead(head: SignedHead | undefined): (builder: Builder) => void {
  const cell = head && beginCell().store(storeHead(head)).endCell();
  return (builder) => {
    builder.storeMaybeRef(cell);
  };
}

function differenceCell({ index, first, second }: NonNullable<Contradiction["difference"]>): Cell {
  return beginCell()
    .storeUint(index, 64)
    .store(storeFixed(first.leaf, 32))
    .store(storeFixed(second.leaf, 32))
    .storeMaybeRef(proofCell(first.proof))
    .storeMaybeRef(proofCell(second.proof))
    .endCell();
}
