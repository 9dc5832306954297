const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ctrl-C and its like: the first one asks for an orderly end, each later one for an immediate end. */
export type Interrupts = {
  /** Aborts at the first. */
  readonly signal: AbortSignal;
  /** Stops listening: the next one ends the process. */
  readonly release: () => void;
};

/** Listens until released. The impatient listener is called at the second signal and at each after it. */
export function listenForInterrupts(onImpatient: () => void): Interrupts {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) onImpatient();
    else controller.abort();
  };
  for (const name of signals) process.on(name, listener);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, listener);
    },
  };
}
