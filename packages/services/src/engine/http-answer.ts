// What a backend streams, as the engine's events.

import {
  type ChatChunk,
  type ChunkChoice,
  CocoonError,
  type JsonObject,
  parseUsage,
  type TokenLogprob,
  type Usage,
} from "@cocoon/protocol";
import type { EngineDelta, EngineEvent } from "./engine.ts";

export type AnswerBounds = {
  /** Prompt and answer together. */
  readonly tokensMax: number;
  /** Likeliest tokens beside each token of the answer. */
  readonly topLogprobs: number;
};

/** The deltas of an answer and its finish. Throws engine_failed for a stream that does not end, and usage_missing. */
export async function* readAnswer(
  stream: AsyncIterable<Iterable<ChatChunk>>,
  { tokensMax, topLogprobs }: AnswerBounds,
): AsyncGenerator<EngineEvent, void, void> {
  let usage: Usage | undefined;
  let reason: ChunkChoice["finish_reason"] = null;
  let hasDeltas = false;
  for await (const chunks of stream) {
    for (const chunk of chunks) {
      // Some report once at the end, with or without a choice, some in each chunk: the last report counts all.
      usage = parseUsage(chunk.usage) ?? usage;
      const choice = chunk.choices.find(({ index }) => index === 0);
      if (choice === undefined) continue;
      reason = choice.finish_reason ?? reason;
      const delta = deltaOf(choice, topLogprobs);
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

function deltaOf({ delta, logprobs }: ChunkChoice, top: number): EngineDelta | undefined {
  const { content = "", refusal, reasoning_content: reasoning, tool_calls: toolCalls } = delta;
  const carried = {
    ...(refusal !== undefined && refusal !== "" && { refusal }),
    ...(reasoning !== undefined && reasoning !== "" && { reasoning }),
    ...(toolCalls !== undefined && toolCalls.length > 0 && { toolCalls }),
    ...(logprobs !== undefined &&
      logprobs.content.length > 0 && {
        logprobs: logprobs.content.map((token) => logprobOf(token, top)),
      }),
  };
  if (content === "" && Object.keys(carried).length === 0) return undefined;
  return { type: "delta", text: content, ...carried };
}

/** What OpenAI's API has of a token. Engines add fields of their own, and more likely tokens than were asked for. */
function logprobOf(token: TokenLogprob, top: number): TokenLogprob {
  const likely = Array.isArray(token["top_logprobs"]) ? token["top_logprobs"] : [];
  return { ...plainLogprob(token), top_logprobs: likely.slice(0, top).map(plainLogprob) };
}

function plainLogprob({ token, logprob, bytes = null }: JsonObject): JsonObject {
  return { token, logprob, bytes };
}
