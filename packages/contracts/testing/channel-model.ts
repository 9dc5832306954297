// What a channel must do, in plain words: the reference that the contract is tested against.

import { nanotons, type RawAddress } from "@cocoon/protocol";
import type { ChannelState } from "../src/index.ts";

export type ChannelCall = {
  readonly kind: "topUp" | "settle" | "close" | "startClose" | "finishClose";
  readonly from: RawAddress;
  /** What a top-up adds or a voucher promises. */
  readonly amount: bigint;
  /** The voucher is not the session key's. */
  readonly forged: boolean;
};

/** The name of a refusal, or the state after success; none when the account is gone. */
export type Expectation =
  | { readonly refusal: string }
  | { readonly state: ChannelState | undefined };

type Rule = (state: ChannelState, call: ChannelCall, nowSeconds: number) => Expectation;

const rules: Readonly<Record<ChannelCall["kind"], Rule>> = {
  topUp: (state, { amount }) => {
    if (state.phase !== "open") return { refusal: "WrongPhase" };
    return { state: { ...state, deposited: nanotons(state.deposited + amount) } };
  },
  settle: (state, call) => {
    if (call.from !== state.payee) return { refusal: "NotPayee" };
    if (!takesVouchers(state)) return { refusal: "WrongPhase" };
    if (call.forged) return { refusal: "BadSignature" };
    const claimed = capped(state, call.amount);
    if (claimed <= state.claimed) return { refusal: "StaleVoucher" };
    return { state: { ...state, claimed } };
  },
  close: (state, call) => {
    if (call.from !== state.payee) return { refusal: "NotPayee" };
    if (!takesVouchers(state)) return { refusal: "WrongPhase" };
    const newer = call.amount > state.claimed;
    if (newer && call.forged) return { refusal: "BadSignature" };
    const claimed = newer ? capped(state, call.amount) : state.claimed;
    return { state: { ...withoutPhase(state), phase: "closed", claimed } };
  },
  startClose: (state, { from }, nowSeconds) => {
    if (from !== state.payer) return { refusal: "NotPayer" };
    if (state.phase !== "open") return { refusal: "WrongPhase" };
    const closesAtSeconds = nowSeconds + state.closeTimeoutSeconds;
    return { state: { ...state, phase: "closing", closesAtSeconds } };
  },
  finishClose: (state, { from }, nowSeconds) => {
    if (from !== state.payer) return { refusal: "NotPayer" };
    if (state.phase !== "closing") return { refusal: "WrongPhase" };
    return nowSeconds < state.closesAtSeconds ? { refusal: "TooEarly" } : { state: undefined };
  },
};

/** What a call with value enough must do to a channel. */
export function expectCall(
  state: ChannelState,
  call: ChannelCall,
  nowSeconds: number,
): Expectation {
  return rules[call.kind](state, call, nowSeconds);
}

function takesVouchers({ phase }: ChannelState): boolean {
  return phase === "open" || phase === "closing";
}

function capped(state: ChannelState, amount: bigint): ChannelState["claimed"] {
  return nanotons(amount < state.deposited ? amount : state.deposited);
}

function withoutPhase(state: ChannelState) {
  const { payer, payee, sessionKey, closeTimeoutSeconds, salt, deposited } = state;
  return { payer, payee, sessionKey, closeTimeoutSeconds, salt, deposited };
}
