export { AnswerStore } from "./answer-store.ts";
export { type NodeClient, type NodeClientOptions, openNodeClient } from "./node-client.ts";
export { gatewayMigrations } from "./migrations.ts";
export type { GatewayModules } from "./gateway.ts";
export { type RunningGateway, runGateway } from "./run.ts";
export { type ApiKey, ApiKeys, type BudgetPeriod, periodStartMs } from "./api-keys.ts";
