import type { LlamaContextSequence, Token } from "node-llama-cpp";

type Lane = {
  readonly sequence: LlamaContextSequence;
  scope: string | undefined;
  isBusy: boolean;
  usedAt: number;
};

/** A sequence made ready for a prompt. */
export type Lease = {
  readonly sequence: LlamaContextSequence;
  /** How many of the prompt's first tokens the sequence has evaluated already. Fewer than all. */
  readonly cachedTokens: number;
  /** Gives it back. A sequence that failed forgets all. */
  readonly release: (failed: boolean) => void;
};

/** The sequences of a context. A conversation gets the one back that knows most of it. */
export class SequencePool {
  readonly #lanes: Lane[];
  #clock = 0;
  #leasing = 0;
  #settle: (() => void) | undefined;
  #settled: Promise<void> | undefined;

  constructor(sequences: readonly LlamaContextSequence[]) {
    this.#lanes = sequences.map((sequence) => {
      return { sequence, scope: undefined, isBusy: false, usedAt: 0 };
    });
  }

  /**
   * Undefined, or what resolves when all leases that were asked for are given. Every generation has to wait for it
   * between two tokens. To empty a sequence, node-llama-cpp waits until the context evaluates nothing, and it evaluates
   * on and on while there is always another token asked for: whoever comes would wait until those who are there end.
   */
  leasesGiven(): Promise<void> | undefined {
    return this.#settled;
  }

  /** Must not be called while all are leased: the caller admits no more than there are. */
  async lease(prompt: Token[], scope: string | undefined): Promise<Lease> {
    this.#leasing += 1;
    this.#settled ??= new Promise((resolve) => (this.#settle = resolve));
    try {
      return await this.#lease(prompt, scope);
    } finally {
      this.#leasing -= 1;
      if (this.#leasing === 0) {
        this.#settle?.();
        this.#settled = undefined;
      }
    }
  }

  async #lease(prompt: Token[], scope: string | undefined): Promise<Lease> {
    const lane = this.#choose(prompt, scope);
    this.#clock += 1;
    Object.assign(lane, { isBusy: true, usedAt: this.#clock });
    const release = (failed: boolean) => {
      if (failed) lane.scope = undefined;
      lane.isBusy = false;
    };
    try {
      const keeps = scope !== undefined && lane.scope === scope;
      lane.scope = scope;
      // No shifting: moved cache entries give other numbers than fresh ones.
      if (keeps) await lane.sequence.adaptStateToTokens(prompt.slice(0, -1), false);
      else await lane.sequence.clearHistory();
    } catch (error) {
      release(true);
      throw error;
    }
    return { sequence: lane.sequence, cachedTokens: lane.sequence.nextTokenIndex, release };
  }

  /** The free one of this scope that shares the longest beginning with the prompt, else the one unused for longest. */
  #choose(prompt: Token[], scope: string | undefined): Lane {
    const free = this.#lanes.filter((lane) => !lane.isBusy);
    const shared = (lane: Lane) =>
      scope === undefined || lane.scope !== scope
        ? 0
        : lane.sequence.compareContextTokens(prompt).firstDifferentIndex;
    const ranked = free
      .map((lane) => ({ lane, shared: shared(lane) }))
      .toSorted((a, b) => b.shared - a.shared || a.lane.usedAt - b.lane.usedAt);
    const best = ranked[0];
    if (best === undefined) throw new RangeError("more runs than sequences");
    return best.lane;
  }
}
