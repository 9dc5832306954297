import {
  type Capability,
  type ChatChunk,
  type ChatRequest,
  type ChunkChoice,
  CocoonError,
  encodeChatRequest,
  parseUsage,
  primitives,
  promptTokensBound,
  toHex,
  type Usage,
  utf8,
} from "@cocoon/protocol";
import { checkServed } from "./capabilities.ts";
import {
  cacheScopeOf,
  type Engine,
  type EngineDelta,
  type EngineEvent,
  type EngineLoad,
  type EngineModel,
  type RunOptions,
} from "./engine.ts";
import { HttpBackend, type HttpBackendOptions } from "./http-backend.ts";
import { SlotQueue } from "./slot-queue.ts";

export type HttpEngineOptions = HttpBackendOptions & {
  /** The backend's name of the model. */
  readonly model: string;
  /** The name that requests must give. Default: the backend's. */
  readonly modelId?: string | undefined;
  readonly contextTokens?: number | undefined;
  /** What the backend can do with this model. Default: all but images and embeddings. */
  readonly capabilities?: readonly Capability[] | undefined;
  /** Whether the backend divides its prompt cache by `cache_salt`, as vLLM does. Default: no. */
  readonly knowsCacheSalt?: boolean | undefined;
  /** Requests sent to the backend at once. Default 16. */
  readonly slots?: number | undefined;
  /** Requests that may wait for a slot. Default 64. */
  readonly queueMax?: number | undefined;
};

type BackendCall = { readonly signal: AbortSignal; readonly cacheSalt: string | undefined };

const saltBytes = 16;
const noSalt = new Uint8Array();
const slotsDefault = 16;
const queueDefaultMax = 64;
const capabilitiesDefault: readonly Capability[] = [
  "completions",
  "forced_tools",
  "json_object",
  "json_schema",
  "logprobs",
  "penalties",
  "tools",
];

/** An engine behind HTTP. Throws option_invalid for a URL that leads off this host without allowRemote. */
export function createHttpEngine(options: HttpEngineOptions): Engine {
  return new HttpEngine(options);
}

class HttpEngine implements Engine {
  readonly #backend: HttpBackend;
  readonly #backendModel: string;
  readonly #model: EngineModel;
  readonly #queue: SlotQueue;
  readonly #knowsCacheSalt: boolean;
  /** Of this engine's life: a backend's logs never tell which channel, or which user, a salt stands for. */
  readonly #saltSecret = primitives.randomBytes(32);
  readonly #closing = new AbortController();

  constructor(options: HttpEngineOptions) {
    const { slots = slotsDefault, queueMax = queueDefaultMax } = options;
    this.#backend = new HttpBackend(options);
    this.#backendModel = options.model;
    this.#model = {
      id: options.modelId ?? options.model,
      contextTokens: options.contextTokens,
      capabilities: options.capabilities ?? capabilitiesDefault,
    };
    this.#queue = new SlotQueue({ slots, queueMax });
    this.#knowsCacheSalt = options.knowsCacheSalt === true;
  }

  get models(): readonly EngineModel[] {
    return [this.#model];
  }

  load(): EngineLoad {
    return this.#queue.load();
  }

  async *run(request: ChatRequest, options: RunOptions): AsyncGenerator<EngineEvent, void, void> {
    checkServed(request, this.#model);
    if (this.#closing.signal.aborted) throw new CocoonError("engine_unavailable");
    const release = await this.#queue.acquire(options.signal);
    const left = new AbortController();
    const signal = AbortSignal.any([options.signal, this.#closing.signal, left.signal]);
    try {
      const call = { signal, cacheSalt: this.#cacheSalt(cacheScopeOf(request, options)) };
      const tokensMax = await this.#answerTokensMax(request, options.tokensMax, call);
      const chunks = this.#chat({ ...request, tokensMax }, call);
      yield* readAnswer(chunks, options.tokensMax ?? Infinity);
    } catch (error) {
      const isClosed = this.#closing.signal.aborted && !options.signal.aborted;
      throw isClosed ? new CocoonError("engine_unavailable") : error;
    } finally {
      left.abort();
      release();
    }
  }

  /** Asks the backend for an answer of one token and takes the prompt's count from its usage. */
  async countPromptTokens(request: ChatRequest): Promise<number> {
    const { signal } = this.#closing;
    return this.#countPromptTokens(request, { signal, cacheSalt: this.#cacheSalt(undefined) });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#queue.refuseWaiting(new CocoonError("engine_unavailable"));
  }

  /** What divides the backend's prompt cache. Without a scope nothing is shared with anybody. */
  #cacheSalt(scope: string | undefined): string | undefined {
    if (!this.#knowsCacheSalt) return undefined;
    if (scope === undefined) return toHex(primitives.randomBytes(saltBytes));
    return toHex(primitives.hkdfSha256(this.#saltSecret, noSalt, utf8(scope), saltBytes));
  }

  #chat(
    request: ChatRequest,
    { signal, cacheSalt }: BackendCall,
  ): AsyncGenerator<ChatChunk, void, void> {
    const streamed = { ...request, model: this.#backendModel, stream: true, includeUsage: true };
    const encoded = encodeChatRequest(streamed);
    const body = cacheSalt === undefined ? encoded : { ...encoded, cache_salt: cacheSalt };
    return request.prompt === undefined
      ? this.#backend.chat(body, signal)
      : this.#backend.complete(body, signal);
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
    for await (const event of readAnswer(this.#chat(plain, call), Infinity)) {
      if (event.type === "finish") return event.usage.promptTokens;
    }
    throw new CocoonError("engine_failed");
  }
}

async function* readAnswer(
  chunks: AsyncIterable<ChatChunk>,
  tokensMax: number,
): AsyncGenerator<EngineEvent, void, void> {
  let usage: Usage | undefined;
  let reason: ChunkChoice["finish_reason"] = null;
  let hasDeltas = false;
  for await (const chunk of chunks) {
    // Some report once at the end, with or without a choice, some in each chunk: the last report counts all.
    usage = parseUsage(chunk.usage) ?? usage;
    for (const choice of chunk.choices) {
      if (choice.index !== 0) continue;
      reason = choice.finish_reason ?? reason;
      const delta = deltaOf(choice);
      if (delta === undefined) continue;
      hasDeltas = true;
      yield delta;
    }
  }
  if (reason === null) throw new CocoonError("engine_failed", { reason: "no finish" });
  yield { type: "finish", reason, usage: checkUsage(usage, hasDeltas, tokensMax) };
}

/** Zeros are how some backends say that they do not count. */
function checkUsage(usage: Usage | undefined, hasDeltas: boolean, tokensMax: number): Usage {
  if (usage === undefined || usage.promptTokens === 0) throw new CocoonError("usage_missing");
  if (hasDeltas && usage.completionTokens === 0) throw new CocoonError("usage_missing");
  if (usage.promptTokens + usage.completionTokens > tokensMax) {
    throw new CocoonError("engine_failed", { reason: "over the token limit" });
  }
  return usage;
}

function deltaOf({ delta, logprobs }: ChunkChoice): EngineDelta | undefined {
  const { content = "", refusal, reasoning_content: reasoning, tool_calls: toolCalls } = delta;
  const carried = {
    ...(refusal !== undefined && refusal !== "" && { refusal }),
    ...(reasoning !== undefined && reasoning !== "" && { reasoning }),
    ...(toolCalls !== undefined && toolCalls.length > 0 && { toolCalls }),
    ...(logprobs !== undefined && logprobs.content.length > 0 && { logprobs: logprobs.content }),
  };
  if (content === "" && Object.keys(carried).length === 0) return undefined;
  return { type: "delta", text: content, ...carried };
}
