import type { Clock } from "./clock.ts";

/** A request that would wait for longer than this is not taken. */
const waitMsMax = 30_000;

/** Spreads requests evenly, so that no second sees more of them than an endpoint allows. */
export class RequestPace {
  readonly #clock: Clock;
  /** Between two requests. 0: no limit. */
  readonly #gapMs: number;
  #nextMs = 0;

  /** Infinity is no limit. */
  constructor(clock: Clock, requestsPerSecond: number) {
    if (!(requestsPerSecond > 0)) throw new RangeError("requests per second");
    this.#clock = clock;
    this.#gapMs = 1_000 / requestsPerSecond;
  }

  /** Resolves to true when it is a request's turn, in order of the calls; to false at once when the line is too long. */
  async turn(): Promise<boolean> {
    if (this.#gapMs === 0) return true;
    const nowMs = this.#clock.nowMs();
    const waitMs = Math.max(this.#nextMs - nowMs, 0);
    // The line is never longer than this: the clock was set back.
    if (waitMs > waitMsMax + this.#gapMs) this.#nextMs = nowMs;
    else if (waitMs > waitMsMax) return false;
    const atMs = Math.max(this.#nextMs, nowMs);
    this.#nextMs = atMs + this.#gapMs;
    if (atMs > nowMs) await this.#clock.wait(atMs - nowMs);
    return true;
  }
}
