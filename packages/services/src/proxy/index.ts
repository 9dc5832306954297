export { AnchorBudget } from "./anchor-budget.ts";
export { anchorLog, type AnchorModules } from "./anchoring.ts";
export { type Candidate, pickWorkers } from "./pick-worker.ts";
export { type ConnectedWorker, WorkerDirectory } from "./workers.ts";
export { proxyMigrations } from "./migrations.ts";
export { ReceiptDesk, type ReceiptDeskModules } from "./receipt-desk.ts";
export type { ProxyModules } from "./proxy.ts";
export { type RunningProxy, runProxy } from "./run.ts";
