// What a root must do, in plain words: the reference that the contract is tested against.

import type { PendingChange, Revocation, RootChange, RootState } from "../src/index.ts";

/** A message to the root, and what is wrong with it. */
export type RootCall = {
  readonly act:
    | { readonly action: "propose"; readonly change: RootChange }
    | { readonly action: "cancel"; readonly id: number }
    | { readonly action: "revoke"; readonly revocation: Revocation }
    | { readonly action: "execute"; readonly id: number };
  /** Of the signatures; nobody signs an execution. */
  readonly fault: StatementFault;
};

export type StatementFault =
  | "none"
  | "few"
  | "twice"
  | "stranger"
  | "other keys"
  | "other root"
  | "other network"
  | "replayed"
  | "ahead"
  | "expired";

/** The name of a refusal, or the state after success. */
export type RootExpectation = { readonly refusal: string } | { readonly state: RootState };

const pendingMax = 16;
const faultRefusals: Readonly<Record<Exclude<StatementFault, "none">, string>> = {
  few: "TooFewSignatures",
  twice: "BadSignature",
  stranger: "BadSignature",
  "other keys": "BadSignature",
  "other root": "BadSignature",
  "other network": "BadSignature",
  replayed: "StaleStatement",
  ahead: "StaleStatement",
  expired: "ExpiredStatement",
};

/** What a message with value enough must do to a root. */
export function expectRootCall(
  state: RootState,
  { act, fault }: RootCall,
  nowSeconds: number,
): RootExpectation {
  if (act.action === "execute") return execute(state, act.id, nowSeconds);
  if (fault !== "none") return { refusal: faultRefusals[fault] };
  const counted = { ...state, sequence: state.sequence + 1 };
  if (act.action === "propose") return propose(counted, act.change, nowSeconds);
  if (act.action === "revoke") return revoke(counted, act.revocation, nowSeconds);
  if (!state.pending.some(({ id }) => id === act.id)) return { refusal: "NotPending" };
  return { state: { ...counted, pending: state.pending.filter(({ id }) => id !== act.id) } };
}

function propose(state: RootState, change: RootChange, nowSeconds: number): RootExpectation {
  if (state.pending.length === pendingMax) return { refusal: "ListFull" };
  const executeAtSeconds = nowSeconds + state.governance.delaySeconds;
  const pending = { id: state.sequence - 1, executeAtSeconds, change };
  return { state: { ...state, pending: [...state.pending, pending] } };
}

function execute(state: RootState, wanted: number, nowSeconds: number): RootExpectation {
  const due = state.pending.find(({ id }) => id === wanted);
  if (due === undefined) return { refusal: "NotPending" };
  if (nowSeconds < due.executeAtSeconds) return { refusal: "TooEarly" };
  const pending = state.pending.filter(({ id }) => id !== wanted);
  const changed = changeRules({ ...state, pending }, due.change);
  if (changed === undefined) return { refusal: "NotListed" };
  return { state: { ...changed, revision: state.revision + 1 } };
}

/** Undefined when it removes what is not there. */
function changeRules(state: RootState, change: RootChange): RootState | undefined {
  switch (change.kind) {
    case "setModel":
      return { ...state, models: withEntry(state.models, change.manifestHash, change.listing) };
    case "setMeasurement": {
      const { imageHash, measurement } = change;
      return { ...state, measurements: withEntry(state.measurements, imageHash, measurement) };
    }
    case "setParams":
      return { ...state, params: change.params };
    case "setAuditors":
      return { ...state, auditors: change.auditors };
    case "setGovernance":
      return { ...state, governance: change.governance, pending: [] };
    case "liftBan": {
      const bans = without(state.bans, change.platformId);
      return bans && { ...state, bans };
    }
    default:
      return remove(state, change);
  }
}

type Removal = Extract<RootChange, { kind: "removeModel" | "removeMeasurement" }>;

function remove(state: RootState, removal: Removal): RootState | undefined {
  if (removal.kind === "removeModel") {
    const models = without(state.models, removal.manifestHash);
    return models && { ...state, models };
  }
  const measurements = without(state.measurements, removal.imageHash);
  return measurements && { ...state, measurements };
}

function revoke(state: RootState, revocation: Revocation, nowSeconds: number): RootExpectation {
  const tightened = tighten(state, revocation, nowSeconds);
  if (typeof tightened === "string") return { refusal: tightened };
  const pending = state.pending.filter(({ change }) => subjectOf(change) !== subjectOf(revocation));
  return { state: { ...tightened, pending, revision: state.revision + 1 } };
}

function tighten(state: RootState, revocation: Revocation, nowSeconds: number): RootState | string {
  if (revocation.kind === "raiseFloor") {
    const { tcbEvaluationFloor } = revocation;
    if (tcbEvaluationFloor <= state.params.tcbEvaluationFloor) return "NotTighter";
    return { ...state, params: { ...state.params, tcbEvaluationFloor } };
  }
  if (revocation.kind === "banPlatform") {
    const { platformId } = revocation;
    if (state.bans.has(platformId)) return "NotTighter";
    return { ...state, bans: withEntry(state.bans, platformId, nowSeconds) };
  }
  return remove(state, revocation) ?? "NotListed";
}

/** What a change or revocation is about: what is pending about it ends with a revocation. */
function subjectOf(change: PendingChange["change"] | Revocation): string {
  switch (change.kind) {
    case "setModel":
    case "removeModel":
      return `model ${change.manifestHash}`;
    case "setMeasurement":
    case "removeMeasurement":
      return `measurement ${change.imageHash}`;
    case "liftBan":
    case "banPlatform":
      return `platform ${change.platformId}`;
    case "setParams":
    case "raiseFloor":
      return "params";
    default:
      return change.kind;
  }
}

function withEntry<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value,
): ReadonlyMap<string, Value> {
  return new Map([...map, [key, value]]);
}

/** Undefined when there was none. */
function without<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
): ReadonlyMap<string, Value> | undefined {
  if (!map.has(key)) return undefined;
  return new Map([...map].filter(([candidate]) => candidate !== key));
}
