/** Time as an argument: tests pass their own. */
export type Clock = {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  /** Resolves after so long, or as soon as the signal aborts. */
  readonly wait: (durationMs: number, signal?: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  wait: (durationMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, durationMs);
      signal?.addEventListener("abort", end);
    }),
};
