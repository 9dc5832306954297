import {
  type Capability,
  type ChatRequest,
  CocoonError,
  type EmbeddingRequest,
  embeddingTokensBound,
  encodeChatRequest,
  type JsonObject,
  primitives,
  promptTokensBound,
  toHex,
  utf8,
} from "@cocoon/protocol";
import { checkServed } from "./capabilities.ts";
import {
  cacheScopeOf,
  type Embeddings,
  type Engine,
  type EngineEvent,
  type EngineLoad,
  type EngineModel,
  type RunOptions,
} from "./engine.ts";
import { type EngineKind, type EngineRules, engineRules } from "./engine-rules.ts";
import { readAnswer } from "./http-answer.ts";
import { type ChunkStream, HttpBackend, type HttpBackendOptions } from "./http-backend.ts";
import { encodeEmbeddingRequest, readEmbeddings } from "./http-embed.ts";
import { couldBeOver, promptPieces } from "./prompt-pieces.ts";
import { seedOf } from "./seed.ts";
import { SlotQueue } from "./slot-queue.ts";

export type HttpEngineOptions = HttpBackendOptions & {
  /** The backend's name of the model. */
  readonly model: string;
  /** What the backend is, as discoverEngines or probeHttpEngine found it. Default: `openai`, nothing of its own. */
  readonly kind?: EngineKind | undefined;
  /** The name that requests must give. Default: the backend's. */
  readonly modelId?: string | undefined;
  readonly contextTokens?: number | undefined;
  /** What the backend can do with this model. Default: all of its kind but images and embeddings. */
  readonly capabilities?: readonly Capability[] | undefined;
  /** Requests sent to the backend at once. Default: by its kind. */
  readonly slots?: number | undefined;
  /** Requests that may wait for a slot. Default 64. */
  readonly queueMax?: number | undefined;
};

type BackendCall = { readonly signal: AbortSignal; readonly cache: JsonObject };

const saltBytes = 16;
const noSalt = new Uint8Array();
const queueDefaultMax = 64;

/** An engine behind HTTP. Throws option_invalid for a URL that leads off this host without allowRemote. */
export function createHttpEngine(options: HttpEngineOptions): Engine {
  return new HttpEngine(options);
}

class HttpEngine implements Engine {
  readonly #backend: HttpBackend;
  readonly #backendModel: string;
  readonly #rules: EngineRules;
  readonly #model: EngineModel;
  readonly #queue: SlotQueue;
  /** Of this engine's life: a backend's logs never tell which channel, or which user, a salt stands for. */
  readonly #saltSecret = primitives.randomBytes(32);
  readonly #closing = new AbortController();

  constructor(options: HttpEngineOptions) {
    this.#rules = engineRules[options.kind ?? "openai"];
    const { slots = this.#rules.slots, queueMax = queueDefaultMax } = options;
    this.#backend = new HttpBackend(options);
    this.#backendModel = options.model;
    this.#model = {
      id: options.modelId ?? options.model,
      contextTokens: options.contextTokens,
      capabilities: options.capabilities ?? usualCapabilities(this.#rules),
    };
    this.#queue = new SlotQueue({ slots, queueMax });
  }

  get models(): readonly EngineModel[] {
    return [this.#model];
  }

  load(): EngineLoad {
    return this.#queue.load();
  }

  async *run(request: ChatRequest, options: RunOptions): AsyncGenerator<EngineEvent, void, void> {
    checkServed(request, this.#model);
    const { signal, leave } = await this.#enter(options.signal);
    try {
      const call = { signal, cache: this.#cacheFields(cacheScopeOf(request, options)) };
      await this.#refuseTooLong(request, call);
      const tokensMax = await this.#answerTokensMax(request, options.tokensMax, call);
      const chunks = this.#chat({ ...request, tokensMax }, call);
      yield* readAnswer(chunks, {
        tokensMax: options.tokensMax ?? Infinity,
        topLogprobs: request.topLogprobs ?? 0,
      });
    } catch (error) {
      throw this.#told(error, options.signal);
    } finally {
      leave();
    }
  }

  async embed(request: EmbeddingRequest, options: RunOptions): Promise<Embeddings> {
    const { id, capabilities, contextTokens = Infinity } = this.#model;
    if (request.model !== id) throw new CocoonError("model_unknown", { param: "model" });
    if (!capabilities.includes("embeddings")) {
      throw new CocoonError("capability_missing", { capability: "embeddings" });
    }
    const { losesLongPrompts } = this.#rules;
    const isLost = (input: string): boolean => embeddingTokensBound([input]) > contextTokens;
    if (losesLongPrompts && request.inputs.some(isLost)) {
      throw new CocoonError("context_too_long", { param: "input", contextTokens });
    }
    const { signal, leave } = await this.#enter(options.signal);
    try {
      const body = encodeEmbeddingRequest(this.#backendModel, request);
      const answer = await this.#backend.embeddings(body, signal);
      const embeddings = readEmbeddings(answer, request.inputs.length);
      const { promptTokens } = embeddings.usage;
      if (promptTokens <= (options.tokensMax ?? Infinity)) return embeddings;
      throw new CocoonError("context_too_long", { param: "input", promptTokens });
    } catch (error) {
      throw this.#told(error, options.signal);
    } finally {
      leave();
    }
  }

  /** Asks the backend for an answer of one token and takes the prompt's count from its usage. */
  async countPromptTokens(request: ChatRequest): Promise<number> {
    const { signal } = this.#closing;
    return this.#countPromptTokens(request, { signal, cache: this.#cacheFields(undefined) });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#queue.refuseWaiting(new CocoonError("engine_unavailable"));
  }

  /** Waits for a slot. The signal closes the connection to the backend, which is how all of them are told to stop. */
  async #enter(asked: AbortSignal): Promise<{ signal: AbortSignal; leave: () => void }> {
    if (this.#closing.signal.aborted) throw new CocoonError("engine_unavailable");
    const leave = await this.#queue.acquire(asked);
    return { signal: AbortSignal.any([asked, this.#closing.signal]), leave };
  }

  /** An engine that closes looks like a request that is cancelled. */
  #told(error: unknown, asked: AbortSignal): unknown {
    const isClosed = this.#closing.signal.aborted && !asked.aborted;
    return isClosed ? new CocoonError("engine_unavailable") : error;
  }

  /** What divides the backend's prompt cache. Without a scope nothing is shared with anybody. */
  #cacheFields(scope: string | undefined): JsonObject {
    switch (this.#rules.cache) {
      case "shared":
        return {};
      case "off":
        return { cache_prompt: false };
      case "salt":
        return { cache_salt: this.#cacheSalt(scope) };
    }
  }

  #cacheSalt(scope: string | undefined): string {
    if (scope === undefined) return toHex(primitives.randomBytes(saltBytes));
    return toHex(primitives.hkdfSha256(this.#saltSecret, noSalt)(utf8(scope), saltBytes));
  }

  #chat(request: ChatRequest, { signal, cache }: BackendCall): ChunkStream {
    const { logprobs, seed, topLogprobs = 0 } = request;
    const streamed = {
      ...request,
      model: this.#backendModel,
      stream: true,
      includeUsage: true,
      // Where llama.cpp is asked for no likely tokens it gives no logprobs at all, and where for no number, for 20.
      topLogprobs: logprobs ? Math.max(1, topLogprobs) : undefined,
      seed: seed === undefined ? undefined : seedOf(seed, this.#rules.seedBits),
    };
    const body = { ...encodeChatRequest(streamed), ...cache };
    return request.prompt === undefined
      ? this.#backend.chat(body, signal)
      : this.#backend.complete(body, signal);
  }

  /** Throws context_too_long for a prompt of which the backend would lose a part without a word. */
  async #refuseTooLong(request: ChatRequest, call: BackendCall): Promise<void> {
    const { contextTokens } = this.#model;
    if (!this.#rules.losesLongPrompts || contextTokens === undefined) return;
    if (!couldBeOver(request, contextTokens)) return;
    let promptTokens = 0;
    for (const piece of promptPieces(request, contextTokens)) {
      promptTokens += await this.#countPromptTokens(piece, call);
      if (promptTokens <= contextTokens) continue;
      throw new CocoonError("context_too_long", { param: "messages", promptTokens, contextTokens });
    }
  }

  /**
   * How long the answer may be so that it and the prompt stay within what is paid. The prompt's length is first taken
   * as its bound, and counted by the backend only when that would cut the answer short.
   */
  async #answerTokensMax(
    { tokensMax: asked, ...rest }: ChatRequest,
    paid: number | undefined,
    call: BackendCall,
  ): Promise<number | undefined> {
    if (paid === undefined) return asked;
    const request = { ...rest, tokensMax: asked };
    const sure = paid - promptTokensBound(request);
    if (asked !== undefined && sure >= asked) return asked;
    if (asked === undefined && sure >= paid / 2) return sure;
    const promptTokens = await this.#countPromptTokens(request, call);
    const room = paid - promptTokens;
    if (room < 1) throw new CocoonError("context_too_long", { param: "messages", promptTokens });
    return Math.min(room, asked ?? room);
  }

  async #countPromptTokens(request: ChatRequest, call: BackendCall): Promise<number> {
    const plain = { ...request, tokensMax: 1, responseFormat: { type: "text" } } as const;
    const unbounded = { tokensMax: Infinity, topLogprobs: 0 };
    for await (const event of readAnswer(this.#chat(plain, call), unbounded)) {
      if (event.type === "finish") return event.usage.promptTokens;
    }
    throw new CocoonError("engine_failed");
  }
}

function usualCapabilities({ capabilities }: EngineRules): readonly Capability[] {
  return capabilities.filter((capability) => !["embeddings", "images"].includes(capability));
}
