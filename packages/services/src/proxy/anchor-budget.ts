// How often the log may be anchored for what its operator wants to spend.

import { nanotons, type Nanotons } from "@cocoon/protocol";

const dayMs = 86_400_000n;
/** Until the first anchor tells: what one costs at the prices of 2026, measured in the contracts' gas table. */
const feeGuess = nanotons(700_000n);
/** A quiet log saves up for this many anchors, so that it keeps pace when traffic returns. */
const savedAnchorsMax = 10n;

/** The newest anchor that is known at the start. */
export type LastAnchor = { readonly lt: bigint; readonly atMs: number };

/** An anchor that the chain took: when, by logical time, and what it cost. */
export type PaidAnchor = { readonly lt: bigint; readonly feeNanotons: Nanotons };

/**
 * A bucket of nanotons that fills evenly over the day. An anchor is allowed when the bucket holds what the last one cost;
 * what anchors really cost is taken out, so that a day's spending stays within the budget whatever the fees do. What was
 * paid is what the chain says, not what its sender heard of: an anchor whose confirmation is lost costs the same.
 */
export class AnchorBudget {
  readonly #perDay: Nanotons;
  #fee: Nanotons = feeGuess;
  /** In nanotons times milliseconds of a day, so that no fraction of a nanoton is ever lost. */
  #saved: bigint;
  #filledAtMs: number;
  #countedLt: bigint;

  /** Starts with one anchor saved; where there was one before, with what came in since, so that a start earns nothing. */
  constructor(perDay: Nanotons, nowMs: number, last?: LastAnchor) {
    this.#perDay = perDay;
    this.#saved = last === undefined ? feeGuess * dayMs : 0n;
    this.#filledAtMs = Math.min(last?.atMs ?? nowMs, nowMs);
    this.#countedLt = last?.lt ?? 0n;
  }

  /** Logical time up to which anchors are taken out. */
  get countedLt(): bigint {
    return this.#countedLt;
  }

  /** Whether an anchor is paid for now. */
  allows(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#saved >= this.#fee * dayMs;
  }

  /** Takes out what these anchors cost, the oldest first, each once. */
  count(anchors: readonly PaidAnchor[], nowMs: number): void {
    this.#fill(nowMs);
    for (const { lt, feeNanotons } of anchors) {
      if (lt <= this.#countedLt) continue;
      this.#fee = feeNanotons;
      this.#saved -= feeNanotons * dayMs;
      this.#countedLt = lt;
    }
  }

  #fill(nowMs: number): void {
    const elapsedMs = BigInt(Math.max(0, nowMs - this.#filledAtMs));
    this.#filledAtMs = Math.max(nowMs, this.#filledAtMs);
    const filled = this.#saved + this.#perDay * elapsedMs;
    const most = savedAnchorsMax * this.#fee * dayMs;
    this.#saved = filled > most ? most : filled;
  }
}
