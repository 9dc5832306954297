export {
  type BondedKey,
  bondedJson,
  encodeFinding,
  type Evidence,
  type Finding,
  type FindingCode,
  findingCodes,
  fraudProofFormat,
  parseFinding,
  readBonded,
} from "./finding.ts";
export type { LogReport } from "./log-audit.ts";
export {
  type Auditor,
  type AuditorModules,
  type AuditReport,
  openAuditor,
  runAuditor,
  type RunningAuditor,
} from "./run.ts";
export { TileReader } from "./tile-reader.ts";
