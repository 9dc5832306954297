export { compareIdleCodes, type IdleCode, type IdleRow, idleTable } from "./idle-table.ts";
export type {
  AskReport,
  BenchmarkReport,
  BenchmarkStep,
  BondReport,
  EarningsReport,
  EarningsRow,
  EngineReport,
  IdleReport,
  JobReport,
  ModelReport,
  MoneyReport,
  PayoutReport,
  ProxyLinkReport,
  SensorReport,
  WorkerReport,
} from "./worker-report.ts";
