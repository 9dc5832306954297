// Engines: what runs a model. The one place where prompts are in clear.

export { benchmarkEngine, type BenchmarkOptions, bestTokensPerSecond } from "./benchmark.ts";
export { checkServed } from "./capabilities.ts";
export type { DiscoveredModel } from "./describe-engine.ts";
export {
  defaultPorts,
  type DiscoveredEngine,
  discoverEngines,
  type DiscoverOptions,
} from "./discover.ts";
export { type EngineKind, type EngineRules, engineRules } from "./engine-rules.ts";
export {
  chatDeltaOf,
  type Embeddings,
  type Engine,
  type EngineDelta,
  type EngineEvent,
  type EngineFinish,
  type EngineLoad,
  type EngineModel,
  type RunOptions,
} from "./engine.ts";
export type { GpuChoice, GpuKind } from "./llama-messages.ts";
export {
  createLlamaEngine,
  type LlamaEngine,
  type LlamaEngineOptions,
  llamaEngineVersion,
} from "./llama-engine.ts";
export type { HttpBackendOptions } from "./http-backend.ts";
export { createHttpEngine, type HttpEngineOptions } from "./http-engine.ts";
export { checkHttpEngine } from "./http-check.ts";
export { type HttpProbe, type HttpProbeOptions, probeHttpEngine } from "./http-probe.ts";
export {
  createManifest,
  type ManifestFile,
  type ManifestSource,
  type ModelManifest,
  type SealedManifest,
} from "./manifest.ts";
