export { type AuditedLog, type AuditorConfig, readAuditorConfig } from "./auditor.ts";
export {
  type AttesterConfig,
  type CollateralSourceConfig,
  type HardwareAttesterConfig,
} from "./attester.ts";
export { type ChainEndpoint, chainEndpoints } from "./endpoints.ts";
export { environment, type Environment } from "./environment.ts";
export { type GatewayConfig, readGatewayConfig } from "./gateway.ts";
export { makeFolder, readConfigFile, writeConfigFile } from "./file.ts";
export {
  bondKeysFile,
  isPublicNetwork,
  type KeyProtection,
  loadSeeds,
  writeSeeds,
} from "./keys.ts";
export { openKeystore, type SealedKeystore, sealKeystore } from "./keystore.ts";
export { type NetworkConfig, type ProxyAddress, readNetwork } from "./network.ts";
export { requireSafeNetwork } from "./safeguards.ts";
export {
  checkpointMsDefault,
  type ProxyConfig,
  readProxyConfig,
  type SettlePolicy,
} from "./proxy.ts";
export {
  type EngineConfig,
  type EngineGpu,
  engineGpus,
  type FollowLoad,
  readWorkerConfig,
  type WorkerApiConfig,
  type WorkerConfig,
} from "./worker.ts";
export {
  type NamedLog,
  readWitnessAddress,
  readWitnessConfig,
  type WitnessRule,
  type WitnessAddress,
  type WitnessConfig,
} from "./witness.ts";
