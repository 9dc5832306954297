// Completions of OpenAI's older API: the text of a chat's answer, without who says it.

import type { ChatChunk, ChatCompletion, ChatFinishReason, UsageBody } from "./completion.ts";

export type TextCompletion = {
  readonly id: string;
  readonly object: "text_completion";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly text: string;
    readonly index: number;
    readonly logprobs: null;
    readonly finish_reason: ChatFinishReason | null;
  }[];
  readonly usage?: UsageBody;
};

/** A whole answer, with a text before each choice. */
export function textCompletionOf(
  { choices, ...rest }: ChatCompletion,
  before: (index: number) => string,
): TextCompletion {
  return {
    ...rest,
    id: textId(rest.id),
    object: "text_completion",
    choices: choices.map(({ index, message, finish_reason }) => {
      const text = before(index) + (message.content ?? "");
      return { text, index, logprobs: null, finish_reason };
    }),
  };
}

export function textChunkOf({ choices, usage, ...rest }: ChatChunk): TextCompletion {
  return {
    ...rest,
    id: textId(rest.id),
    object: "text_completion",
    choices: choices.map(({ index, delta, finish_reason }) => {
      return { text: delta.content ?? "", index, logprobs: null, finish_reason };
    }),
    ...(usage !== undefined && { usage }),
  };
}

function textId(id: string): string {
  return id.replace(/^chatcmpl-/, "cmpl-");
}
