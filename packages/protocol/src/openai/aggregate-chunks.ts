import { CocoonError } from "../errors/index.ts";
import type {
  ChatChunk,
  ChatCompletion,
  ChunkChoice,
  CompletionChoice,
  CompletionToolCall,
  ChatFinishReason,
  TokenLogprob,
  ToolCallDelta,
} from "./completion.ts";

/**
 * The whole answer that a stream of chunks makes, for a client that did not ask for a stream.
 * Throws peer_misbehaved when the chunks are no finished answer.
 */
export function aggregateChunks(chunks: Iterable<ChatChunk>): ChatCompletion {
  let head: ChatChunk | undefined;
  let usage: ChatChunk["usage"];
  const choices = new Map<number, ChoiceParts>();
  for (const chunk of chunks) {
    head ??= chunk;
    usage = chunk.usage ?? usage;
    for (const choice of chunk.choices) {
      const parts = choices.get(choice.index) ?? new ChoiceParts(choice.index);
      choices.set(choice.index, parts);
      parts.add(choice);
    }
  }
  if (head === undefined || choices.size === 0) throw unfinished("no choice");
  return {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    choices: [...choices.values()]
      .toSorted((left, right) => left.index - right.index)
      .map((parts) => parts.whole()),
    ...(usage !== undefined && { usage }),
  };
}

class ChoiceParts {
  readonly index: number;
  #content: string | undefined;
  #refusal: string | undefined;
  #reasoning: string | undefined;
  readonly #toolCalls = new Map<number, ToolCallParts>();
  #logprobs: TokenLogprob[] | undefined;
  #finishReason: ChatFinishReason | null = null;

  constructor(index: number) {
    this.index = index;
  }

  add({ delta, logprobs, finish_reason: finishReason }: ChunkChoice): void {
    this.#content = joined(this.#content, delta.content);
    this.#refusal = joined(this.#refusal, delta.refusal);
    this.#reasoning = joined(this.#reasoning, delta.reasoning_content);
    for (const call of delta.tool_calls ?? []) this.#addToolCall(call);
    if (logprobs !== undefined) (this.#logprobs ??= []).push(...logprobs.content);
    this.#finishReason = finishReason ?? this.#finishReason;
  }

  #addToolCall(delta: ToolCallDelta): void {
    const parts = this.#toolCalls.get(delta.index) ?? { id: "", name: "", arguments: "" };
    this.#toolCalls.set(delta.index, parts);
    parts.id = delta.id ?? parts.id;
    parts.name += delta.function?.name ?? "";
    parts.arguments += delta.function?.arguments ?? "";
  }

  whole(): CompletionChoice {
    if (this.#finishReason === null) throw unfinished("no finish reason");
    const toolCalls = [...this.#toolCalls.entries()]
      .toSorted(([left], [right]) => left - right)
      .map(([, parts]) => wholeCall(parts));
    const content = this.#content ?? "";
    return {
      index: this.index,
      message: {
        role: "assistant",
        content: content === "" && (toolCalls.length > 0 || this.#refusal) ? null : content,
        refusal: this.#refusal ?? null,
        ...(this.#reasoning !== undefined && { reasoning_content: this.#reasoning }),
        ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
      },
      logprobs: this.#logprobs === undefined ? null : { content: this.#logprobs },
      finish_reason: this.#finishReason,
    };
  }
}

type ToolCallParts = { id: string; name: string; arguments: string };

function wholeCall(parts: ToolCallParts): CompletionToolCall {
  return {
    id: parts.id,
    type: "function",
    function: { name: parts.name, arguments: parts.arguments },
  };
}

function joined(before: string | undefined, piece: string | undefined): string | undefined {
  return piece === undefined ? before : (before ?? "") + piece;
}

function unfinished(reason: string): CocoonError {
  return new CocoonError("peer_misbehaved", { reason });
}
