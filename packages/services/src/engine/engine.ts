import type {
  Capability,
  ChatDelta,
  ChatFinishReason,
  ChatRequest,
  EmbeddingRequest,
  TokenLogprob,
  ToolCallDelta,
  Usage,
} from "@cocoon/protocol";

export type EngineModel = {
  readonly id: string;
  /** Prompt and answer together; undefined when the backend does not say. */
  readonly contextTokens: number | undefined;
  readonly capabilities: readonly Capability[];
};

export type EngineDelta = {
  readonly type: "delta";
  /** Whole characters, possibly none when the delta carries something else. */
  readonly text: string;
  /** The tokens sampled since the delta before, where the engine knows them. */
  readonly tokenIds?: readonly number[];
  readonly reasoning?: string;
  readonly refusal?: string;
  readonly toolCalls?: readonly ToolCallDelta[];
  readonly logprobs?: readonly TokenLogprob[];
};

export type EngineFinish = {
  readonly type: "finish";
  readonly reason: ChatFinishReason;
  /** As the engine counted it. */
  readonly usage: Usage;
  /** The prompt as the model saw it, chat template included; usage.promptTokens long. */
  readonly promptTokenIds?: readonly number[];
  /** All tokens sampled, the one that ended the answer included; usage.completionTokens long. */
  readonly answerTokenIds?: readonly number[];
};

export type EngineEvent = EngineDelta | EngineFinish;

/** A vector for each input, in their order. */
export type Embeddings = {
  readonly vectors: readonly Float32Array[];
  /** As the engine counted it; nothing is completed. */
  readonly usage: Usage;
};

export type RunOptions = {
  /** Stops the engine within a token; the run then throws cancelled. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  /**
   * The most tokens that are paid for, prompt and answer together: there the answer ends with `length`, whatever the
   * request says. The usage never exceeds it; context_too_long is thrown when the prompt alone does.
   */
  readonly tokensMax?: number | undefined;
  /**
   * Who shares a prompt cache. Requests reuse the work of earlier ones with the same scope only: a cache shared
   * by strangers would tell each, by its speed and its cached token count, what the others have asked.
   * Without a scope nothing is reused.
   */
  readonly cacheScope?: string | undefined;
};

/** The scope of one request: an application that names its users shares nothing between them. */
export function cacheScopeOf(
  { user }: Pick<ChatRequest, "user">,
  { cacheScope }: RunOptions,
): string | undefined {
  return cacheScope === undefined || user === undefined ? cacheScope : `${cacheScope}\n${user}`;
}

export type EngineLoad = {
  /** Requests that hold a slot. */
  readonly active: number;
  /** Requests that wait for one. */
  readonly queued: number;
  readonly slots: number;
};

/** What answers requests. One engine serves one model on this host, or behind one backend. */
export interface Engine {
  readonly models: readonly EngineModel[];
  /**
   * Answers one request: deltas, then exactly one finish, last. Starts when iterated, stops when the iteration is
   * left early. Throws model_unknown, capability_missing, request_malformed, context_too_long, queue_full,
   * cancelled, engine_unavailable, engine_failed or usage_missing; after any of these nothing can be billed.
   */
  run(request: ChatRequest, options: RunOptions): AsyncIterable<EngineEvent>;
  /** Vectors of texts, where the model has the capability `embeddings`. Throws as run() does. */
  embed?(request: EmbeddingRequest, options: RunOptions): Promise<Embeddings>;
  load(): EngineLoad;
  /** The tokens of the request's prompt, where the engine can count them without answering. */
  countPromptTokens?(request: ChatRequest): Promise<number>;
  /** Ends every run with engine_unavailable and leaves no process or connection behind. */
  close(): Promise<void>;
}

/** A delta as the chunk's `delta` of OpenAI's wire. */
export function chatDeltaOf(delta: EngineDelta): ChatDelta {
  return {
    ...((delta.text !== "" || isBare(delta)) && { content: delta.text }),
    ...(delta.refusal !== undefined && { refusal: delta.refusal }),
    ...(delta.reasoning !== undefined && { reasoning_content: delta.reasoning }),
    ...(delta.toolCalls !== undefined && { tool_calls: delta.toolCalls }),
  };
}

function isBare(delta: EngineDelta): boolean {
  return (
    delta.refusal === undefined && delta.reasoning === undefined && delta.toolCalls === undefined
  );
}
