import {
  type ChatChunk,
  type ChatRequest,
  CocoonError,
  encodeChatRequest,
  isUsageChunk,
  parseUsage,
} from "@cocoon/protocol";
import { HttpBackend, type HttpBackendOptions } from "./http-backend.ts";

export type HttpProbeOptions = HttpBackendOptions & {
  /** The backend's name of the model. */
  readonly model: string;
  /** Default 60 s: the backend may have to load the model first. */
  readonly timeoutMs?: number | undefined;
};

/** What a backend really does, whatever it is called. */
export type HttpProbe = {
  /** Prompt and answer together, where its list of models says so. */
  readonly contextTokens: number | undefined;
  /** Where the usage of a stream stands. */
  readonly usagePlace: "usage_chunk" | "content_chunk" | "every_chunk";
  /** Whether it divides its prompt cache by `cache_salt`: vLLM does, and names itself in its list of models. */
  readonly knowsCacheSalt: boolean;
  /** Whether it tells how many prompt tokens came from its cache. */
  readonly reportsCachedTokens: boolean;
};

const timeoutDefaultMs = 60_000;
const probeTokens = 8;

/**
 * Asks a backend for its models and for one short answer. Throws engine_unavailable when it does not run or does not
 * list the model, engine_failed, and usage_missing when it does not count tokens: such work cannot be billed.
 */
export async function probeHttpEngine(options: HttpProbeOptions): Promise<HttpProbe> {
  const backend = new HttpBackend(options);
  const signal = AbortSignal.timeout(options.timeoutMs ?? timeoutDefaultMs);
  try {
    return await probe(backend, options.model, signal);
  } catch (error) {
    throw signal.aborted ? new CocoonError("engine_unavailable", { reason: "no answer" }) : error;
  }
}

async function probe(backend: HttpBackend, model: string, signal: AbortSignal): Promise<HttpProbe> {
  const models = await backend.models(signal);
  const listed = models?.find(({ id }) => id === model);
  if (models !== undefined && listed === undefined) {
    throw new CocoonError("engine_unavailable", { reason: "the model is not listed" });
  }
  const chunks: ChatChunk[] = [];
  for await (const chunk of backend.chat(encodeChatRequest(greeting(model)), signal)) {
    chunks.push(chunk);
  }
  if (!chunks.some(isLast)) throw new CocoonError("engine_failed", { reason: "no finish" });
  return {
    contextTokens: listed?.contextTokens,
    knowsCacheSalt: listed?.ownedBy === "vllm",
    ...describeUsage(chunks),
  };
}

function isLast(chunk: ChatChunk): boolean {
  return chunk.choices.some((choice) => choice.finish_reason !== null);
}

function describeUsage(
  chunks: readonly ChatChunk[],
): Omit<HttpProbe, "contextTokens" | "knowsCacheSalt"> {
  const reports = chunks.filter((chunk) => chunk.usage !== undefined);
  const last = reports.at(-1);
  const usage = parseUsage(last?.usage);
  if (last === undefined || usage === undefined || usage.promptTokens === 0) {
    throw new CocoonError("usage_missing");
  }
  const place = isUsageChunk(last) ? "usage_chunk" : "content_chunk";
  return {
    usagePlace: reports.length > 1 ? "every_chunk" : place,
    reportsCachedTokens: usage.cachedTokens !== undefined,
  };
}

function greeting(model: string): ChatRequest {
  return {
    model,
    messages: [{ role: "user", content: "Hi" }],
    temperature: 0,
    tokensMax: probeTokens,
    stop: [],
    stream: true,
    includeUsage: true,
    responseFormat: { type: "text" },
    tools: [],
    logprobs: false,
  };
}
