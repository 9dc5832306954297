export { WorkerBooks, type TimeRange } from "./books.ts";
export type { CheckEngine } from "./engine-watch.ts";
export { ownIdleCode } from "./idle-of.ts";
export { workerMigrations } from "./migrations.ts";
export { WorkerMonitor } from "./monitor.ts";
export { type RunningWorker, runWorker, type WorkerModules } from "./run.ts";
