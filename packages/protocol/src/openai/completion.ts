// The answer's shapes, as OpenAI writes them: field names are the wire's.

import type { Usage } from "../payment/index.ts";
import type { JsonObject } from "./request.ts";

/** Why an answer ended: by itself or at a stop text, at its token limit, or to have functions called. */
export type ChatFinishReason = "stop" | "length" | "tool_calls";

export type UsageBody = {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens: number };
};

/** A piece of a tool call; pieces of one call share its index, and their arguments are joined. */
export type ToolCallDelta = {
  readonly index: number;
  readonly id?: string | undefined;
  readonly type?: "function" | undefined;
  readonly function?:
    | { readonly name?: string | undefined; readonly arguments?: string | undefined }
    | undefined;
};

/** Log-probabilities of one token, kept as the engine wrote them. */
export type TokenLogprob = JsonObject;

export type ChatDelta = {
  readonly role?: "assistant" | undefined;
  readonly content?: string | undefined;
  readonly refusal?: string | undefined;
  /** What a reasoning model thinks before it answers, where a backend sends it. */
  readonly reasoning_content?: string | undefined;
  readonly tool_calls?: readonly ToolCallDelta[] | undefined;
};

export type ChunkChoice = {
  readonly index: number;
  readonly delta: ChatDelta;
  readonly logprobs?: { readonly content: readonly TokenLogprob[] } | undefined;
  readonly finish_reason: ChatFinishReason | null;
};

export type ChatChunk = {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChunkChoice[];
  readonly usage?: UsageBody | undefined;
};

export type CompletionToolCall = {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
};

export type CompletionChoice = {
  readonly index: number;
  readonly message: {
    readonly role: "assistant";
    readonly content: string | null;
    readonly refusal: string | null;
    readonly reasoning_content?: string;
    readonly tool_calls?: readonly CompletionToolCall[];
  };
  readonly logprobs: { readonly content: readonly TokenLogprob[] } | null;
  readonly finish_reason: ChatFinishReason;
};

export type ChatCompletion = {
  readonly id: string;
  readonly object: "chat.completion";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly CompletionChoice[];
  readonly usage?: UsageBody;
};

/** Our usage as OpenAI writes it. A detail that the engine does not report stays absent: it is not zero. */
export function encodeUsage(usage: Usage): UsageBody {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    }),
  };
}
