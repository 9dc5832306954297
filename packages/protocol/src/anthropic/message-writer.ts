// The chunks of a chat, told as the events of a message.

import { CocoonError } from "../errors/index.ts";
import type {
  ChatChunk,
  ChatDelta,
  JsonObject,
  ToolCallDelta,
  UsageBody,
} from "../openai/index.ts";

/** One event of the stream; its type is its name too. */
export type MessageEvent = JsonObject & { readonly type: string };

/** A block of content while it grows. */
type OpenBlock = {
  readonly kind: "text" | "thinking" | "tool_use";
  readonly block: Record<string, unknown>;
  /** Of a call: which one it is in the chunks. */
  readonly call?: number;
  text: string;
};

const stopReasons = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" } as const;

export class MessageWriter {
  readonly #content: Record<string, unknown>[] = [];
  #head: { readonly id: string; readonly model: string } | undefined;
  #open: OpenBlock | undefined;
  #stopReason: string | null = null;
  #isRefusal = false;
  #usage: UsageBody | undefined;

  /** The events that a chunk makes. */
  *push(chunk: ChatChunk): Generator<MessageEvent, void, undefined> {
    if (this.#head === undefined) {
      this.#head = { id: `msg_${chunk.id.replace(/^chatcmpl-/, "")}`, model: chunk.model };
      yield { type: "message_start", message: this.message() };
    }
    this.#usage = chunk.usage ?? this.#usage;
    for (const { delta, finish_reason: reason } of chunk.choices) {
      yield* this.#delta(delta);
      if (reason !== null) this.#stopReason = this.#isRefusal ? "refusal" : stopReasons[reason];
    }
  }

  /** The last events; call it when all chunks have come. */
  *finish(): Generator<MessageEvent, void, undefined> {
    yield* this.#close();
    const delta = { stop_reason: this.#stopReason, stop_sequence: null };
    yield { type: "message_delta", delta, usage: usageOf(this.#usage) };
    yield { type: "message_stop" };
  }

  /** The message as far as it has come; whole when finish() was read. */
  message(): JsonObject {
    return {
      id: this.#head?.id,
      type: "message",
      role: "assistant",
      model: this.#head?.model,
      content: [...this.#content],
      stop_reason: this.#stopReason,
      stop_sequence: null,
      usage: usageOf(this.#usage),
    };
  }

  *#delta(delta: ChatDelta): Generator<MessageEvent> {
    this.#isRefusal ||= (delta.refusal ?? "") !== "";
    yield* this.#text("thinking", delta.reasoning_content);
    yield* this.#text("text", delta.content);
    yield* this.#text("text", delta.refusal);
    for (const call of delta.tool_calls ?? []) yield* this.#call(call);
  }

  *#text(kind: "text" | "thinking", piece: string | undefined): Generator<MessageEvent> {
    if (piece === undefined || piece === "") return;
    if (this.#open?.kind !== kind) {
      const signature = kind === "thinking" ? { signature: "" } : {};
      yield* this.#add({ kind, block: { type: kind, [kind]: "", ...signature }, text: "" });
    }
    yield this.#grow(piece, { type: `${kind}_delta`, [kind]: piece });
  }

  *#call({ index, id, function: called }: ToolCallDelta): Generator<MessageEvent> {
    if (this.#open?.kind !== "tool_use" || this.#open.call !== index) {
      const block = { type: "tool_use", id: id ?? "", name: called?.name ?? "", input: {} };
      yield* this.#add({ kind: "tool_use", call: index, block, text: "" });
    }
    const piece = called?.arguments ?? "";
    if (piece !== "") yield this.#grow(piece, { type: "input_json_delta", partial_json: piece });
  }

  *#add(open: OpenBlock): Generator<MessageEvent> {
    yield* this.#close();
    this.#open = open;
    const content_block = { ...open.block };
    yield { type: "content_block_start", index: this.#content.length, content_block };
  }

  #grow(piece: string, delta: JsonObject): MessageEvent {
    if (this.#open !== undefined) this.#open.text += piece;
    return { type: "content_block_delta", index: this.#content.length, delta };
  }

  *#close(): Generator<MessageEvent> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (open.kind === "tool_use") open.block["input"] = inputOf(open.text);
    else open.block[open.kind] = open.text;
    const index = this.#content.length;
    this.#content.push(open.block);
    yield { type: "content_block_stop", index };
  }
}

/** A block's input is an object, and a call's arguments are a text that a model wrote. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "{}" : text);
  } catch {
    throw new CocoonError("engine_failed", { reason: "a call's arguments are not JSON" });
  }
}

/** Anthropic counts what came from a cache apart. What is not known is null: it is not zero. */
function usageOf(usage: UsageBody | undefined): JsonObject {
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  return {
    input_tokens: usage === undefined ? null : usage.prompt_tokens - (cached ?? 0),
    cache_creation_input_tokens: null,
    cache_read_input_tokens: cached ?? null,
    output_tokens: usage?.completion_tokens ?? null,
  };
}
