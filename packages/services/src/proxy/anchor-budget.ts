// How often the log may be anchored for what its operator wants to spend.

import { nanotons, type Nanotons } from "@cocoon/protocol";

const dayMs = 86_400_000n;
/** Until the first anchor tells: what one costs at the prices of 2026, measured in the contracts' gas table. */
const feeGuess = nanotons(700_000n);
/** A quiet log saves up for this many anchors, so that it keeps pace when traffic returns. */
const savedAnchorsMax = 10n;

/**
 * A bucket of nanotons that fills evenly over the day. An anchor is allowed when the bucket holds what the last one cost;
 * what anchors really cost is taken out, so that a day's spending stays within the budget whatever the fees do.
 */
export class AnchorBudget {
  readonly #perDay: Nanotons;
  #fee: Nanotons = feeGuess;
  /** In nanotons times milliseconds of a day, so that no fraction of a nanoton is ever lost. */
  #saved: bigint;
  #filledAtMs: number;

  /** Starts with one anchor saved. */
  constructor(perDay: Nanotons, nowMs: number) {
    this.#perDay = perDay;
    this.#saved = feeGuess * dayMs;
    this.#filledAtMs = nowMs;
  }

  /** Whether an anchor is paid for now. */
  allows(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#saved >= this.#fee * dayMs;
  }

  /** Takes out what an anchor cost. */
  spend(fee: Nanotons, nowMs: number): void {
    this.#fill(nowMs);
    this.#fee = fee;
    this.#saved -= fee * dayMs;
  }

  #fill(nowMs: number): void {
    const elapsedMs = BigInt(Math.max(0, nowMs - this.#filledAtMs));
    this.#filledAtMs = Math.max(nowMs, this.#filledAtMs);
    const filled = this.#saved + this.#perDay * elapsedMs;
    const most = savedAnchorsMax * this.#fee * dayMs;
    this.#saved = filled > most ? most : filled;
  }
}
