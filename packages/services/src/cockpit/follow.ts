import type { WorkerReport } from "@cocoon/protocol";

export type ReportSource = {
  readonly report: () => WorkerReport;
  /** Calls back when the next report says something else; returns how to stop. */
  readonly onChanged: (listener: () => void) => () => void;
};

/** Changes in quick succession are one report. */
const restMs = 250;
/** Numbers such as the speed change without anybody saying so. */
const silenceMaxMs = 1_000;

/** A report at once, and one after each change, at most four a second and at least one, until the signal aborts. */
export async function* follow(
  source: ReportSource,
  signal: AbortSignal,
): AsyncGenerator<WorkerReport, void, void> {
  let wake = (): void => undefined;
  let isChanged = false;
  const stop = source.onChanged(() => {
    isChanged = true;
    wake();
  });
  const pause = (timeMs: number, isWoken: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(end, timeMs);
      signal.addEventListener("abort", end);
      wake = () => {
        if (isWoken()) end();
      };
    });
  try {
    while (!signal.aborted) {
      isChanged = false;
      yield source.report();
      await pause(restMs, () => false);
      if (!isChanged && !signal.aborted) await pause(silenceMaxMs - restMs, () => isChanged);
    }
  } finally {
    stop();
  }
}
