/** Runs a task again and again, one run at a time, until stopped. */
export type Ticker = {
  /** Resolves when the run under way is over. */
  readonly stop: () => Promise<void>;
};

/** The pause is between runs. A task that throws is the caller's bug report: `onError` gets it, and the ticker goes on. */
export function startTicker(
  intervalMs: number,
  task: () => Promise<void>,
  onError: (error: unknown) => void,
): Ticker {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await task();
    } catch (error) {
      onError(error);
    }
    if (!isStopped) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => {
      running = run();
    }, intervalMs);
  };
  schedule();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
