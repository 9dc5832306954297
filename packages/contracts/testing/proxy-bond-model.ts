// What a proxy bond must do, in plain words: the reference that the contract is tested against.

import { nanotons, type RawAddress } from "@cocoon/protocol";
import {
  anchorDeadlineSeconds,
  type FormerLogKey,
  type ProxyBondState,
  type ProxyFault,
  type ProxyTerms,
} from "../src/index.ts";

/** How an accusation is made; the log named by its key. */
export type Accusation = {
  readonly kind: "equivocation" | "inconsistency" | "omission" | "delay" | "harmless";
  readonly logKey: Uint8Array;
};

export type BondAct =
  | { readonly action: "register" | "deposit"; readonly amount: bigint }
  | { readonly action: "update"; readonly logKey: Uint8Array; readonly feeBps: number }
  | { readonly action: "withdrawSurplus" | "requestUnbond" | "withdrawBond" }
  | { readonly action: "anchor"; readonly size: number; readonly logKey: Uint8Array }
  | { readonly action: "accuse"; readonly accusation: Accusation };

export type BondCall = { readonly from: RawAddress; readonly act: BondAct };

/** The name of a refusal, or the state after success. */
export type BondExpectation = { readonly refusal: string } | { readonly state: ProxyBondState };

/** What surrounds a call. */
export type BondScene = {
  readonly owner: RawAddress;
  readonly nowSeconds: number;
  /** Declared at registration. */
  readonly terms: ProxyTerms;
  /** When the promise of a delay was made. */
  readonly promisedAtSeconds: number;
  /** The checkpoint that an anchor leaves. */
  readonly anchored: NonNullable<ProxyBondState["checkpoint"]> | undefined;
};

type Declared = Exclude<ProxyBondState, { readonly phase: "unregistered" }>;

function isLive(state: ProxyBondState): state is Exclude<Declared, { phase: "slashed" }> {
  return state.phase === "bonded" || state.phase === "unbonding";
}

/** What a call with value enough must do to a bond. */
export function expectBondCall(
  state: ProxyBondState,
  { from, act }: BondCall,
  scene: BondScene,
): BondExpectation {
  if (act.action === "anchor") return anchor(state, act, scene);
  if (act.action === "accuse") return accuse(state, act.accusation, scene);
  if (from !== scene.owner) return { refusal: "NotOwner" };
  if (act.action === "withdrawSurplus") return { state };
  if (act.action === "register") return register(state, act.amount, scene);
  if (act.action === "withdrawBond") return withdrawBond(state, scene);
  if (state.phase !== "bonded") return { refusal: "WrongPhase" };
  if (act.action === "deposit") {
    return { state: { ...state, bond: nanotons(state.bond + act.amount) } };
  }
  if (act.action === "update") return update(state, act, scene);
  const withdrawableAtSeconds = scene.nowSeconds + state.closeDelaySeconds;
  return { state: { ...state, phase: "unbonding", withdrawableAtSeconds } };
}

function lasting({ owner, salt, checkpoint, formerKey }: ProxyBondState) {
  return { owner, salt, checkpoint, formerKey };
}

function termsOf({ url, logKey, feeBps, closeDelaySeconds }: ProxyTerms): ProxyTerms {
  return { url, logKey, feeBps, closeDelaySeconds };
}

function register(state: ProxyBondState, amount: bigint, { terms }: BondScene): BondExpectation {
  if (state.phase !== "unregistered") return { refusal: "WrongPhase" };
  const bond = nanotons(amount);
  return {
    state: { ...lasting(state), ...terms, phase: "bonded", bond, formerKey: undefined },
  };
}

function withdrawBond(state: ProxyBondState, { nowSeconds }: BondScene): BondExpectation {
  if (state.phase !== "unbonding") return { refusal: "WrongPhase" };
  if (nowSeconds < state.withdrawableAtSeconds) return { refusal: "TooEarly" };
  return { state: { ...lasting(state), phase: "unregistered", bond: nanotons(0n) } };
}

function update(
  state: ProxyBondState & { readonly phase: "bonded" },
  { logKey, feeBps }: BondAct & { readonly action: "update" },
  { nowSeconds }: BondScene,
): BondExpectation {
  if (sameKey(logKey, state.logKey)) return { state: { ...state, feeBps } };
  if (countsUntil(state.formerKey) > nowSeconds) return { refusal: "TooEarly" };
  const untilSeconds = nowSeconds + state.closeDelaySeconds;
  const formerKey = { logKey: state.logKey, untilSeconds };
  return { state: { ...state, feeBps, logKey, formerKey } };
}

function anchor(
  state: ProxyBondState,
  { size, logKey }: BondAct & { readonly action: "anchor" },
  { anchored }: BondScene,
): BondExpectation {
  if (!isLive(state)) return { refusal: "WrongPhase" };
  if (size <= (state.checkpoint?.treeSize ?? 0)) return { refusal: "StaleCheckpoint" };
  if (!sameKey(logKey, state.logKey)) return { refusal: "BadSignature" };
  return { state: { ...state, checkpoint: anchored } };
}

const faults: Readonly<Record<Accusation["kind"], ProxyFault>> = {
  equivocation: "equivocation",
  inconsistency: "inconsistency",
  omission: "omission",
  delay: "delay",
  harmless: "none",
};

function accuse(
  state: ProxyBondState,
  { kind, logKey }: Accusation,
  { nowSeconds, promisedAtSeconds }: BondScene,
): BondExpectation {
  if (!isLive(state)) return { refusal: "WrongPhase" };
  const counts =
    sameKey(logKey, state.logKey) ||
    (state.formerKey !== undefined &&
      sameKey(logKey, state.formerKey.logKey) &&
      nowSeconds < state.formerKey.untilSeconds);
  if (!counts) return { refusal: "BadSignature" };
  if (kind === "harmless") return { refusal: "NoFault" };
  if (kind === "delay" && nowSeconds <= promisedAtSeconds + anchorDeadlineSeconds) {
    return { refusal: "TooEarly" };
  }
  const slash = { fault: faults[kind], slashedAtSeconds: nowSeconds, amount: state.bond };
  return {
    state: { ...lasting(state), ...termsOf(state), phase: "slashed", bond: nanotons(0n), slash },
  };
}

function sameKey(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function countsUntil(former: FormerLogKey | undefined): number {
  return former?.untilSeconds ?? 0;
}
