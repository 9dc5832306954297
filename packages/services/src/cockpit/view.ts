// A worker's monitor and its database, as what can be asked of it.

import type { WorkerBooks, WorkerMonitor } from "../worker/index.ts";
import type { CockpitView } from "./serve.ts";

const dayMs = 86_400_000;

/** `books` is asked each time: there are none before the worker first started. */
export function cockpitView(
  monitor: WorkerMonitor,
  books: () => WorkerBooks | undefined,
): CockpitView {
  return {
    report: () => monitor.report(),
    onChanged: (listener) => monitor.onChanged(listener),
    earnings: (from, to) => books()?.earnings(daysOf(from, to)) ?? [],
    jobs: (countMax) => books()?.jobs(countMax) ?? [],
    payouts: (countMax) => books()?.payouts(countMax) ?? [],
  };
}

/** From the first moment of a day to the last of another, UTC. */
export function daysOf(
  from: string,
  to: string,
): { readonly fromMs: number; readonly untilMs: number } {
  return { fromMs: Date.parse(from), untilMs: Date.parse(to) + dayMs };
}
