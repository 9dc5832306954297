// The model that a worker serves: the engine that runs it, and the hash by which the network knows it.

import { type ChatRequest, CocoonError, parseChatRequest } from "@cocoon/protocol";
import { type ChainClient, type ModelListing, readRoot } from "@cocoon/sdk";
import {
  type CheckEngine,
  checkHttpEngine,
  createHttpEngine,
  createLlamaEngine,
  type Engine,
  type EngineConfig,
  type EngineGpu,
  environment,
  type Logger,
  probeHttpEngine,
  type WorkerConfig,
} from "@cocoon/services";
import { describeLlamaModel, engineHash, llamaEngineHash } from "../network/model.ts";

export type ServedModel = {
  readonly engine: Engine;
  /** Of the model, hex. */
  readonly manifestHash: string;
  /** Of the engine, hex. */
  readonly engineHash: string;
  readonly checkEngine: CheckEngine;
};

/** An engine that is ready but for what only the chain can say. */
export type LoadedModel = {
  readonly complete: (chain: ChainClient) => Promise<ServedModel>;
  readonly discard: () => Promise<void>;
};

/** Loads the model, or finds the backend that does. Throws engine_unavailable, usage_missing and option_invalid. */
export async function loadModel(config: WorkerConfig, logger: Logger): Promise<LoadedModel> {
  const { engine } = config;
  return engine.kind === "llama"
    ? await loadLlama(config, engine, logger)
    : await loadHttp(config, engine);
}

async function loadLlama(
  { model, slots }: WorkerConfig,
  { gpu, modelPath }: Extract<EngineConfig, { readonly kind: "llama" }>,
  logger: Logger,
): Promise<LoadedModel> {
  const options = { modelPath, gpu, modelId: model, slots, logger };
  const engine = await createLlamaEngine(options).catch((error: unknown) => {
    throw adviseGpu(error, gpu);
  });
  const contextTokens = engine.models[0]?.contextTokens ?? 0;
  const described = await describeLlamaModel({ name: model, path: modelPath, contextTokens });
  const { manifestHash } = described;
  return {
    complete: () =>
      Promise.resolve({
        engine,
        manifestHash,
        engineHash: llamaEngineHash(engine.gpu),
        checkEngine: async () => void (await engine.countPromptTokens(hello(model))),
      }),
    discard: () => engine.close(),
  };
}

/** What was asked for by name is most often just not installed. */
function adviseGpu(error: unknown, gpu: EngineGpu | undefined): unknown {
  if (!(error instanceof CocoonError) || (gpu !== "cuda" && gpu !== "vulkan")) return error;
  const reason = `is llama.cpp for ${gpu} here? npm run gpu -- ${gpu}`;
  return new CocoonError(error.code, { ...error.details, reason }, { cause: error });
}

/** The shortest question there is. */
function hello(model: string): ChatRequest {
  return parseChatRequest({ model, messages: [{ role: "user", content: "." }] });
}

/** Weights behind a backend can't be seen: the operator's word names the model, and the tier says what that is worth. */
async function loadHttp(
  { model, network, slots }: WorkerConfig,
  { baseUrl, backendModel }: { readonly baseUrl: string; readonly backendModel: string },
): Promise<LoadedModel> {
  const backend = { baseUrl, model: backendModel, apiKey: environment().engineKey };
  const probe = await probeHttpEngine(backend);
  return {
    complete: async (chain) => {
      const { models } = await readRoot(chain, network.root);
      const { manifestHash, contextTokens } = listingOf(models, model);
      const context = Math.min(probe.contextTokens ?? contextTokens, contextTokens);
      const engine = createHttpEngine({
        ...backend,
        modelId: model,
        slots,
        contextTokens: context,
        kind: probe.kind,
        capabilities: probe.capabilities,
      });
      return {
        engine,
        manifestHash,
        engineHash: engineHash("openai-http", "1"),
        checkEngine: () => checkHttpEngine(backend),
      };
    },
    discard: () => Promise.resolve(),
  };
}

function listingOf(
  models: ReadonlyMap<string, ModelListing>,
  name: string,
): ModelListing & { readonly manifestHash: string } {
  for (const [manifestHash, listing] of models) {
    if (listing.name === name) return { ...listing, manifestHash };
  }
  throw new CocoonError("model_unknown", { model: name });
}
