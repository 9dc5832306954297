export { type RunningWorker, runWorker, type WorkerModules } from "./run.ts";
