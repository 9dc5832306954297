// What a worker bond must do, in plain words: the reference that the contract is tested against.

import { nanotons, type RawAddress, toHex } from "@cocoon/protocol";
import { closeDelayMinSeconds, type WorkerBondState, type WorkerSlash } from "../src/index.ts";

export type WorkerAct =
  | { readonly action: "register" | "deposit"; readonly amount: bigint }
  | { readonly action: "requestUnbond" | "withdraw" | "cancel" | "execute" }
  | {
      readonly action: "doubleReceipt";
      /** The receipts are the same one twice. */
      readonly isHarmless: boolean;
      readonly isForged: boolean;
      /** Of the identity. */
      readonly notAfterSeconds: number;
    }
  | {
      readonly action: "submit";
      /** Of the receipt. */
      readonly seed: number;
      readonly signers: number;
      readonly isReplayed: boolean;
    };

export type WorkerCall = { readonly from: RawAddress; readonly act: WorkerAct };

/** The name of a refusal, or the state after success. */
export type WorkerExpectation = { readonly refusal: string } | { readonly state: WorkerBondState };

/** What every verdict of the tests says. */
export const verdictReason = 3;

/** What a call with value enough must do to a bond. */
export function expectWorkerCall(
  state: WorkerBondState,
  call: WorkerCall,
  nowSeconds: number,
): WorkerExpectation {
  const { act, from } = call;
  if (act.action === "doubleReceipt") return showReceipts(state, act, nowSeconds);
  if (act.action === "submit") return submit(state, act, from, nowSeconds);
  if (act.action === "cancel") return cancel(state, from);
  if (act.action === "execute") return execute(state, nowSeconds);
  if (from !== state.owner) return { refusal: "NotOwner" };
  return ownerCall(state, act, nowSeconds);
}

function ownerCall(
  state: WorkerBondState,
  act: Extract<WorkerAct, { readonly action: string }>,
  nowSeconds: number,
): WorkerExpectation {
  if (act.action === "register") {
    if (state.phase !== "unregistered") return { refusal: "WrongPhase" };
    return { state: { ...state, phase: "bonded", bond: nanotons(act.amount) } };
  }
  if (act.action === "withdraw") return withdraw(state, nowSeconds);
  if (state.phase !== "bonded") return { refusal: "WrongPhase" };
  if (act.action === "deposit") {
    return { state: { ...state, bond: nanotons(state.bond + act.amount) } };
  }
  const withdrawableAtSeconds = nowSeconds + state.closeDelaySeconds;
  return { state: { ...state, phase: "unbonding", withdrawableAtSeconds } };
}

function withdraw(state: WorkerBondState, nowSeconds: number): WorkerExpectation {
  if (state.phase !== "unbonding") return { refusal: "WrongPhase" };
  if (nowSeconds < state.withdrawableAtSeconds) return { refusal: "TooEarly" };
  if (state.pending !== undefined) return { refusal: "Pending" };
  return { state: { ...lasting(state), phase: "unregistered", bond: nanotons(0n) } };
}

function lasting(state: WorkerBondState) {
  const { owner, governance, bondKey, closeDelaySeconds, disputeDelaySeconds, salt } = state;
  const { auditorThreshold, auditorKeys, round, pending } = state;
  const constant = { owner, governance, bondKey, closeDelaySeconds, disputeDelaySeconds, salt };
  return { ...constant, auditorThreshold, auditorKeys, round, pending };
}

function isLive({ phase }: WorkerBondState): boolean {
  return phase === "bonded" || phase === "unbonding";
}

function slashed(state: WorkerBondState, slash: Omit<WorkerSlash, "amount">): WorkerExpectation {
  const ended = { ...lasting(state), phase: "slashed", pending: undefined } as const;
  return { state: { ...ended, bond: nanotons(0n), slash: { ...slash, amount: state.bond } } };
}

function showReceipts(
  state: WorkerBondState,
  act: WorkerAct & { readonly action: "doubleReceipt" },
  nowSeconds: number,
): WorkerExpectation {
  if (!isLive(state)) return { refusal: "WrongPhase" };
  if (act.isForged) return { refusal: "BadSignature" };
  if (nowSeconds >= act.notAfterSeconds + closeDelayMinSeconds) {
    return { refusal: "ExpiredStatement" };
  }
  if (act.isHarmless) return { refusal: "NoFault" };
  const receipt = "00".repeat(32);
  const fault = "doubleReceipt";
  return slashed(state, { fault, reason: 0, slashedAtSeconds: nowSeconds, receipt });
}

function submit(
  state: WorkerBondState,
  { seed, signers, isReplayed }: WorkerAct & { readonly action: "submit" },
  reporter: RawAddress,
  nowSeconds: number,
): WorkerExpectation {
  if (!isLive(state)) return { refusal: "WrongPhase" };
  if (state.pending !== undefined) return { refusal: "Pending" };
  if (isReplayed) return { refusal: "BadSignature" };
  if (signers < state.auditorThreshold) return { refusal: "TooFewSignatures" };
  const executableAtSeconds = nowSeconds + state.disputeDelaySeconds;
  const receipt = toHex(new Uint8Array(32).fill(seed));
  const pending = { receipt, reason: verdictReason, executableAtSeconds, reporter };
  return { state: { ...state, round: state.round + 1, pending } };
}

function cancel(state: WorkerBondState, from: RawAddress): WorkerExpectation {
  if (from !== state.governance) return { refusal: "NotGovernance" };
  if (state.pending === undefined) return { refusal: "NotPending" };
  return { state: { ...state, pending: undefined } };
}

function execute(state: WorkerBondState, nowSeconds: number): WorkerExpectation {
  const { pending } = state;
  if (pending === undefined) return { refusal: "NotPending" };
  if (nowSeconds < pending.executableAtSeconds) return { refusal: "TooEarly" };
  const { receipt, reason } = pending;
  return slashed(state, { fault: "verdict", reason, slashedAtSeconds: nowSeconds, receipt });
}
