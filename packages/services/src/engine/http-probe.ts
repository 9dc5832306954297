import {
  type Capability,
  type ChatChunk,
  type ChatRequest,
  CocoonError,
  encodeChatRequest,
  isUsageChunk,
  type ListedModel,
  parseUsage,
} from "@cocoon/protocol";
import { describeEngine, type DescribedEngine } from "./describe-engine.ts";
import { EngineHost } from "./engine-host.ts";
import { type EngineKind, engineRules } from "./engine-rules.ts";
import { HttpBackend, type HttpBackendOptions } from "./http-backend.ts";
import { encodeEmbeddingRequest, readEmbeddings } from "./http-embed.ts";

export type HttpProbeOptions = HttpBackendOptions & {
  /** The backend's name of the model. */
  readonly model: string;
  /** For all of its questions. Default 60 s: the backend may have to load the model first. */
  readonly timeoutMs?: number | undefined;
};

/** What a backend really does, whatever it is called. */
export type HttpProbe = {
  readonly kind: EngineKind;
  readonly version: string | undefined;
  /** Requests that it runs at once, where it says so. */
  readonly slots: number | undefined;
  /** Prompt and answer together, where it says so. */
  readonly contextTokens: number | undefined;
  /** What it can do with this model: said by it, or seen. */
  readonly capabilities: readonly Capability[];
  /** Where the usage of a stream stands; undefined for a model that only embeds. */
  readonly usagePlace: "usage_chunk" | "content_chunk" | "every_chunk" | undefined;
  /** Whether it tells how many prompt tokens came from its cache. SGLang does not say so when there are none. */
  readonly reportsCachedTokens: boolean;
};

type Probe = {
  readonly backend: HttpBackend;
  readonly model: string;
  readonly signal: AbortSignal;
};

const timeoutDefaultMs = 60_000;
const greetingTokens = 8;

/**
 * Asks a backend what it is, and for a few short answers. Throws engine_unavailable when it does not run or does not
 * list the model, engine_failed, and usage_missing when it does not count tokens: such work cannot be billed.
 */
export async function probeHttpEngine(options: HttpProbeOptions): Promise<HttpProbe> {
  const { model } = options;
  const signal = AbortSignal.timeout(options.timeoutMs ?? timeoutDefaultMs);
  const backend = new HttpBackend(options);
  const rootUrl = options.baseUrl.replace(/\/+$/, "").replace(/\/v1$/, "");
  const host = new EngineHost({ ...options, rootUrl, signal });
  try {
    const listed = await listModel(backend, model, signal);
    const described = await describeEngine(host, listed);
    return await probe({ backend, model, signal }, described);
  } catch (error) {
    throw signal.aborted ? new CocoonError("engine_unavailable", { reason: "no answer" }) : error;
  }
}

/** The model alone: the others need not be described. */
async function listModel(
  backend: HttpBackend,
  model: string,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const models = await backend.models(signal);
  const listed = models?.filter(({ id }) => id === model) ?? [];
  if (models !== undefined && listed.length === 0) {
    throw new CocoonError("engine_unavailable", { reason: "the model is not listed" });
  }
  return listed;
}

async function probe(asking: Probe, described: DescribedEngine): Promise<HttpProbe> {
  const { kind, version, slots, models } = described;
  const said = models.find(({ id }) => id === asking.model);
  const engine = { kind, version, slots, contextTokens: said?.contextTokens };
  const chunks = await greetOrEmbed(asking, kind, said?.capabilities ?? []);
  if (chunks === undefined) {
    return {
      ...engine,
      capabilities: ["embeddings"],
      usagePlace: undefined,
      reportsCachedTokens: false,
    };
  }
  const usage = describeUsage(chunks);
  const capabilities = new Set([...(said?.capabilities ?? []), ...usual(kind)]);
  for (const unsaid of engineRules[kind].unsaid) {
    const { names, ask } = questions[unsaid];
    const has = await ask(asking).catch(falseIfRefused);
    for (const name of names) {
      if (has) capabilities.add(name);
      else capabilities.delete(name);
    }
  }
  // What was not answered in time is not a no.
  asking.signal.throwIfAborted();
  return { ...engine, capabilities: [...capabilities].toSorted(), ...usage };
}

/** The answer to a greeting; undefined when the model embeds and does not chat. */
async function greetOrEmbed(
  asking: Probe,
  kind: EngineKind,
  said: readonly Capability[],
): Promise<readonly ChatChunk[] | undefined> {
  if (said.includes("embeddings") && !said.includes("completions")) {
    await embed(asking);
    return undefined;
  }
  try {
    return await greet(asking);
  } catch (error) {
    if (engineRules[kind].unsaid.includes("embeddings")) {
      if (await embed(asking).catch(falseIfRefused)) return undefined;
    }
    throw error;
  }
}

/** A server that is none of those known is taken at the word of the API that it speaks, where nothing can be seen. */
function usual(kind: EngineKind): readonly Capability[] {
  return kind === "openai" ? ["completions", "json_object", "json_schema", "penalties"] : [];
}

async function greet(asking: Probe): Promise<readonly ChatChunk[]> {
  const chunks = await answerOf(asking, { tokensMax: greetingTokens });
  if (chunks.some(isLast)) return chunks;
  throw new CocoonError("engine_failed", { reason: "no finish" });
}

/** 64 by 64 grey pixels: models that see want some size. */
const greyPng =
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAAKUlEQVR42u3MQREAAAwCIKMb3RD77SAA6VEEAoFAIBAIBAKBQCAQfA8G320AeXC6efoAAAAASUVORK5CYII=";
const greyImage = { type: "image", url: `data:image/png;base64,${greyPng}` } as const;
const wave = { name: "wave", parameters: { type: "object", properties: {} } };

/** How to see whether a model has what its engine does not say: a refusal is a no. */
const questions: Readonly<Record<Unsaid, Question>> = {
  embeddings: { names: ["embeddings"], ask: embed },
  images: {
    names: ["images"],
    ask: (asking) => isAnswered(asking, { messages: [{ role: "user", content: [greyImage] }] }),
  },
  logprobs: { names: ["logprobs"], ask: givesLogprobs },
  // Whether the model calls does not matter: a backend that was not set up for it refuses the request.
  tools: {
    names: ["forced_tools", "tools"],
    ask: (asking) => isAnswered(asking, { tools: [wave], toolChoice: "auto" }),
  },
};

type Unsaid = (typeof engineRules)[EngineKind]["unsaid"][number];
type Question = {
  readonly names: readonly Capability[];
  readonly ask: (asking: Probe) => Promise<boolean>;
};

async function isAnswered(asking: Probe, asked: Partial<ChatRequest>): Promise<boolean> {
  await answerOf(asking, { ...asked, tokensMax: 1 });
  return true;
}

async function givesLogprobs(asking: Probe): Promise<boolean> {
  const chunks = await answerOf(asking, { logprobs: true, tokensMax: 1 });
  return chunks.some(({ choices }) => choices.some(({ logprobs }) => logprobs !== undefined));
}

async function embed({ backend, model, signal }: Probe): Promise<boolean> {
  const request = { model, inputs: ["Hi"], encoding: "float" } as const;
  readEmbeddings(await backend.embeddings(encodeEmbeddingRequest(model, request), signal), 1);
  return true;
}

function falseIfRefused(error: unknown): false {
  if (error instanceof CocoonError) return false;
  throw error;
}

async function answerOf(
  { backend, model, signal }: Probe,
  asked: Partial<ChatRequest>,
): Promise<readonly ChatChunk[]> {
  const chunks: ChatChunk[] = [];
  const request = encodeChatRequest({ ...greeting(model), ...asked });
  for await (const some of backend.chat(request, signal)) chunks.push(...some);
  return chunks;
}

function isLast(chunk: ChatChunk): boolean {
  return chunk.choices.some((choice) => choice.finish_reason !== null);
}

function describeUsage(
  chunks: readonly ChatChunk[],
): Pick<HttpProbe, "usagePlace" | "reportsCachedTokens"> {
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
    stop: [],
    stream: true,
    includeUsage: true,
    responseFormat: { type: "text" },
    tools: [],
    logprobs: false,
  };
}
