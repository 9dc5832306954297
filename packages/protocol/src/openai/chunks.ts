import type { Usage } from "../payment/index.ts";
import {
  type ChatChunk,
  type ChatDelta,
  type ChunkChoice,
  encodeUsage,
  type ChatFinishReason,
  type TokenLogprob,
} from "./completion.ts";

/** What all chunks of one answer share. */
export type ChunkHead = {
  /** Such as `chatcmpl-` and the request id. */
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
};

/** Writes the chunks of one answer with a single choice. */
export class ChunkWriter {
  readonly #head: Omit<ChatChunk, "choices">;

  constructor(head: ChunkHead) {
    this.#head = { ...head, object: "chat.completion.chunk" };
  }

  /** The first chunk, which says who speaks. */
  opening(): ChatChunk {
    return this.#choice({
      index: 0,
      delta: { role: "assistant", content: "" },
      finish_reason: null,
    });
  }

  delta(delta: ChatDelta, logprobs?: readonly TokenLogprob[]): ChatChunk {
    return this.#choice({
      index: 0,
      delta,
      ...(logprobs !== undefined && { logprobs: { content: logprobs } }),
      finish_reason: null,
    });
  }

  /** The last chunk with a choice. */
  finish(reason: ChatFinishReason): ChatChunk {
    return this.#choice({ index: 0, delta: {}, finish_reason: reason });
  }

  /** The chunk after the last, as stream_options.include_usage asks for: no choice, only the usage. */
  usage(usage: Usage): ChatChunk {
    return { ...this.#head, choices: [], usage: encodeUsage(usage) };
  }

  #choice(choice: ChunkChoice): ChatChunk {
    return { ...this.#head, choices: [choice] };
  }
}

/** Whether a chunk carries nothing but the usage: a client that did not ask for it must not see it. */
export function isUsageChunk(chunk: ChatChunk): boolean {
  return chunk.choices.length === 0 && chunk.usage !== undefined;
}
