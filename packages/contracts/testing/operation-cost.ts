import type { Outcome } from "./chain.ts";

/** What one operation costs at the prices of 2026. */
export type OperationCost = {
  readonly gas: number;
  /** Fees of the contract's own transaction. */
  readonly feeNanotons: number;
  /** What forwarding the messages that it sent cost beyond that. */
  readonly forwardNanotons: number;
};

/** Notes what an operation cost; throws when it failed. */
export function costOf(outcome: Outcome): OperationCost {
  if (outcome.exitCode !== 0 || outcome.actionCode !== 0) {
    throw new RangeError(`failed with ${outcome.exitCode} and ${outcome.actionCode}`);
  }
  return {
    gas: outcome.gas,
    feeNanotons: Number(outcome.fees),
    forwardNanotons: Number(outcome.forwardFees),
  };
}
