// What a worker bond's get method and its events say.

import { type Cell, Dictionary } from "@ton/core";
import { type Nanotons, nanotons, type RawAddress, toHex } from "@cocoon/protocol";
import { rawAddress } from "./address.ts";
import { readData } from "./cells.ts";
import { type GetterStack, readStack } from "./getter-stack.ts";

/** What a bond is, for ever: with the code it makes the address. */
export type WorkerBondParams = {
  readonly owner: RawAddress;
  /** May cancel a verdict, and nothing else. */
  readonly governance: RawAddress;
  /** Ed25519 public key, 32 bytes: signs the identity key of each boot. */
  readonly bondKey: Uint8Array;
  /** At least closeDelayMinSeconds. */
  readonly closeDelaySeconds: number;
  /** Between a verdict and what it does; at least a day. */
  readonly disputeDelaySeconds: number;
  /** u64. Tells bonds of one owner apart. */
  readonly salt: bigint;
  /** How many auditors make a verdict; at least one. */
  readonly auditorThreshold: number;
  /** Ed25519 public keys, 32 bytes each; as many as the threshold at least, and at most ten. */
  readonly auditorKeys: readonly Uint8Array[];
};

/** "none" is only said of a bond that was not slashed. */
export type WorkerFault = "none" | "doubleReceipt" | "verdict";

/** How a bond ended. */
export type WorkerSlash = {
  readonly fault: WorkerFault;
  /** Of a verdict; 0 otherwise. */
  readonly reason: number;
  readonly slashedAtSeconds: number;
  /** The bond that was lost, in all. */
  readonly amount: Nanotons;
  /** Leaf hash of the receipt that a verdict names, 64 hex digits; zeros otherwise. */
  readonly receipt: string;
};

/** A verdict that does nothing yet. */
export type PendingVerdict = {
  /** Leaf hash, 64 hex digits. */
  readonly receipt: string;
  readonly reason: number;
  readonly executableAtSeconds: number;
  readonly reporter: RawAddress;
};

export type WorkerBondPhase =
  | { readonly phase: "unregistered" }
  | { readonly phase: "bonded" }
  | {
      readonly phase: "unbonding";
      /** Unix seconds from which the owner can take the bond. */
      readonly withdrawableAtSeconds: number;
    }
  | { readonly phase: "slashed"; readonly slash: WorkerSlash };

/** A bond as its get method tells it. */
export type WorkerBondState = WorkerBondParams &
  WorkerBondPhase & {
    readonly bond: Nanotons;
    /** Verdicts so far; the next one is signed for this number. */
    readonly round: number;
    readonly pending: PendingVerdict | undefined;
  };

export const workerBondOpcodes = {
  register: 0x57420001,
  deposit: 0x57420002,
  requestUnbond: 0x57420003,
  withdraw: 0x57420004,
  doubleReceipt: 0x57420005,
  submitVerdict: 0x57420006,
  cancelVerdict: 0x57420007,
  executeVerdict: 0x57420008,
} as const;

export const workerBondNotices = { withdrawn: 0x57421001, excesses: 0xd53276db } as const;

export const workerBondEvents = {
  slashed: 0x57422001,
  verdictSubmitted: 0x57422002,
  verdictCancelled: 0x57422003,
} as const;

export const workerBondGetter = "get_worker_bond";

const phases = ["unregistered", "bonded", "unbonding", "slashed"] as const;
const faults: readonly WorkerFault[] = ["none", "doubleReceipt", "verdict"];

/** Reads the result of workerBondGetter. Throws contract_unexpected. */
export function parseWorkerBond(stack: GetterStack): WorkerBondState {
  return readStack(workerBondGetter, stack, (reader) =>
    stateOf({
      phase: reader.uint(3),
      withdrawableAtSeconds: reader.uint32(),
      bond: reader.nanotons(),
      round: reader.uint32(),
      params: reader.cell(),
      pending: reader.optionalCell(),
      slash: reader.optionalCell(),
    }),
  );
}

/** Reads the data cell of a bond's account, which says what its get method would. Throws contract_unexpected. */
export function parseWorkerBondData(data: Cell): WorkerBondState {
  return readData("worker bond", data, (slice) =>
    stateOf({
      phase: slice.loadUint(8),
      withdrawableAtSeconds: slice.loadUint(32),
      bond: nanotons(slice.loadCoins()),
      round: slice.loadUint(32),
      params: slice.loadRef(),
      pending: slice.loadMaybeRef() ?? undefined,
      slash: slice.loadMaybeRef() ?? undefined,
    }),
  );
}

type Stored = {
  readonly phase: number;
  readonly withdrawableAtSeconds: number;
  readonly bond: Nanotons;
  readonly round: number;
  readonly params: Cell;
  readonly pending: Cell | undefined;
  readonly slash: Cell | undefined;
};

/** Throws any Error. */
function stateOf(stored: Stored): WorkerBondState {
  const { bond, round, withdrawableAtSeconds } = stored;
  const phase = phases[stored.phase];
  if (phase === undefined) throw new RangeError("no such phase");
  const slash = readSlash(stored.slash);
  const common = {
    ...readParams(stored.params),
    bond,
    round,
    pending: readPending(stored.pending),
  };
  if (phase === "unbonding") return { ...common, phase, withdrawableAtSeconds };
  if (phase !== "slashed") return { ...common, phase };
  if (slash === undefined) throw new RangeError("slashed for nothing");
  return { ...common, phase, slash };
}

function readParams(cell: Cell): WorkerBondParams {
  const slice = cell.beginParse();
  const params = {
    owner: rawAddress(slice.loadAddress()),
    governance: rawAddress(slice.loadAddress()),
    bondKey: Uint8Array.from(slice.loadBuffer(32)),
    closeDelaySeconds: slice.loadUint(32),
    disputeDelaySeconds: slice.loadUint(32),
    salt: slice.loadUintBig(64),
  };
  const auditors = slice.loadRef().beginParse();
  slice.endParse();
  const auditorThreshold = auditors.loadUint(8);
  const keys = auditors.loadDict(Dictionary.Keys.Uint(8), Dictionary.Values.Buffer(32));
  auditors.endParse();
  const auditorKeys = Array.from({ length: keys.size }, (_, index) => {
    const key = keys.get(index);
    if (key === undefined) throw new RangeError("auditors are not numbered from 0");
    return Uint8Array.from(key);
  });
  return { ...params, auditorThreshold, auditorKeys };
}

function readPending(cell: Cell | undefined): PendingVerdict | undefined {
  if (cell === undefined) return undefined;
  const slice = cell.beginParse();
  const pending = {
    receipt: toHex(slice.loadBuffer(32)),
    reason: slice.loadUint(8),
    executableAtSeconds: slice.loadUint(32),
    reporter: rawAddress(slice.loadAddress()),
  };
  slice.endParse();
  return pending;
}

function readSlash(cell: Cell | undefined): WorkerSlash | undefined {
  if (cell === undefined) return undefined;
  const slice = cell.beginParse();
  const slash = {
    fault: faultOf(slice.loadUint(8)),
    reason: slice.loadUint(8),
    slashedAtSeconds: slice.loadUint(32),
    amount: nanotons(slice.loadCoins()),
    receipt: toHex(slice.loadBuffer(32)),
  };
  slice.endParse();
  return slash;
}

function faultOf(number: number): WorkerFault {
  const fault = faults[number];
  if (fault === undefined) throw new RangeError("no such fault");
  return fault;
}

/** What a worker bond says of itself in external messages to nobody. */
export type WorkerBondEvent =
  | {
      readonly kind: "slashed";
      readonly fault: WorkerFault;
      readonly reason: number;
      readonly amount: Nanotons;
      readonly reporter: RawAddress;
    }
  | {
      readonly kind: "verdictSubmitted";
      readonly receipt: string;
      readonly reason: number;
      readonly executableAtSeconds: number;
    }
  | { readonly kind: "verdictCancelled"; readonly receipt: string };

/** The event of a message's body, or undefined when it is another message. */
export function parseWorkerBondEvent(body: Cell): WorkerBondEvent | undefined {
  try {
    return readEvent(body);
  } catch {
    return undefined;
  }
}

function readEvent(body: Cell): WorkerBondEvent | undefined {
  const slice = body.beginParse();
  const opcode = slice.loadUint(32);
  if (opcode === workerBondEvents.slashed) {
    return {
      kind: "slashed",
      fault: faultOf(slice.loadUint(8)),
      reason: slice.loadUint(8),
      amount: nanotons(slice.loadCoins()),
      reporter: rawAddress(slice.loadAddress()),
    };
  }
  if (opcode === workerBondEvents.verdictSubmitted) {
    return {
      kind: "verdictSubmitted",
      receipt: toHex(slice.loadBuffer(32)),
      reason: slice.loadUint(8),
      executableAtSeconds: slice.loadUint(32),
    };
  }
  if (opcode !== workerBondEvents.verdictCancelled) return undefined;
  return { kind: "verdictCancelled", receipt: toHex(slice.loadBuffer(32)) };
}
