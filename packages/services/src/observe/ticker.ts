/** Runs a task again and again, one run at a time, until stopped. */
export type Ticker = {
  /** Resolves when the run under way is over, or goes on for longer than this. Default 3 s. */
  readonly stop: (graceMs?: number) => Promise<void>;
};

/** A run that waits for a chain that is away may wait for minutes. */
const graceMsDefault = 3_000;

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
    stop: async (graceMs = graceMsDefault) => {
      isStopped = true;
      clearTimeout(timer);
      await atMost(graceMs, running);
    },
  };
}

/** Resolves with the promise, or when the time is over. */
async function atMost(timeMs: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeMs);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
