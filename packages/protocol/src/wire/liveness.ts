/** When a silent peer is pinged, and how long it then has to answer. */
export type Patience = { readonly pingAfterMs: number; readonly graceMs: number };

const patienceAtRest: Patience = { pingAfterMs: 20_000, graceMs: 40_000 };
const patienceAtWork: Patience = { pingAfterMs: 4_000, graceMs: 10_000 };

/**
 * Whether a peer still lives, told by what was said to it and heard of it between ticks. A connection at rest costs a ping
 * now and then. One on which we said something and heard nothing since is given up within seconds: a dead network, and a
 * length of a TLS record that was changed on the way, show as nothing but silence.
 */
export class Liveness {
  #isHeard = true;
  #heardAtMs = 0;
  #hasSaid = false;
  #pingedAtMs: number | undefined;
  #isOverdue = false;

  heard(): void {
    this.#isHeard = true;
    this.#hasSaid = false;
  }

  /** Something left that a living peer answers, if only with credit. */
  said(): void {
    this.#hasSaid = true;
  }

  /**
   * What to do now. The time to give up runs from the ping, not from the last word, and one tick more must pass once it is
   * over: when our own process was stopped for minutes, what the peer answered meanwhile is read first.
   */
  tick(nowMs: number): "ping" | "dead" | undefined {
    if (this.#isHeard) {
      this.#isHeard = false;
      this.#heardAtMs = nowMs;
      this.#pingedAtMs = undefined;
      this.#isOverdue = false;
      return undefined;
    }
    const { graceMs, pingAfterMs } = this.#hasSaid ? patienceAtWork : patienceAtRest;
    if (this.#pingedAtMs === undefined) {
      if (nowMs - this.#heardAtMs < pingAfterMs) return undefined;
      this.#pingedAtMs = nowMs;
      return "ping";
    }
    if (nowMs - this.#pingedAtMs < graceMs) return undefined;
    if (this.#isOverdue) return "dead";
    this.#isOverdue = true;
    return undefined;
  }
}
