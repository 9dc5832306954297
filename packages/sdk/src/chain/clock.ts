/** Time as an argument: tests pass their own. */
export type Clock = {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  /** Resolves after so long. */
  readonly wait: (durationMs: number) => Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  wait: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
};
