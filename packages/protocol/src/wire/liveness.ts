const pingAfterMsDefault = 20_000;
const silenceMaxMsDefault = 60_000;

/** Whether a peer still lives, told by what was heard of it between ticks. */
export class Liveness {
  readonly #pingAfterMs: number;
  readonly #silenceMaxMs: number;
  #isHeard = true;
  #heardAtMs = 0;
  #pingedAtMs: number | undefined;

  constructor(pingAfterMs = pingAfterMsDefault, silenceMaxMs = silenceMaxMsDefault) {
    this.#pingAfterMs = pingAfterMs;
    this.#silenceMaxMs = silenceMaxMs;
  }

  heard(): void {
    this.#isHeard = true;
  }

  /**
   * What to do now. The time to give up runs from the ping, not from the last word: when our own process was
   * stopped for minutes, the peer still gets its chance to answer.
   */
  tick(nowMs: number): "ping" | "dead" | undefined {
    if (this.#isHeard) {
      this.#isHeard = false;
      this.#heardAtMs = nowMs;
      this.#pingedAtMs = undefined;
      return undefined;
    }
    if (this.#pingedAtMs !== undefined) {
      const graceMs = this.#silenceMaxMs - this.#pingAfterMs;
      return nowMs - this.#pingedAtMs >= graceMs ? "dead" : undefined;
    }
    if (nowMs - this.#heardAtMs < this.#pingAfterMs) return undefined;
    this.#pingedAtMs = nowMs;
    return "ping";
  }
}
