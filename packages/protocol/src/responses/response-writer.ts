// The chunks of a chat, told as the events of a response.

import type {
  ChatChunk,
  ChatDelta,
  JsonObject,
  ToolCallDelta,
  UsageBody,
} from "../openai/index.ts";

/** One event of the stream: `type`, `sequence_number`, and what the type says. */
export type ResponseEvent = JsonObject & {
  readonly type: string;
  readonly sequence_number: number;
};

/** An output item while it grows; `part` is its one part of content, where it has parts. */
type OpenItem = {
  readonly item: Record<string, unknown>;
  readonly index: number;
  readonly kind: "reasoning" | "text" | "refusal" | "call";
  /** Of a call: which one it is in the chunks. */
  readonly call?: number;
  text: string;
  readonly logprobs: JsonObject[];
};

type TextKind = Exclude<OpenItem["kind"], "call">;

/** How each kind of text is called on the wire. */
const textKinds = {
  reasoning: { part: "reasoning_text", field: "text", event: "response.reasoning_text" },
  text: { part: "output_text", field: "text", event: "response.output_text" },
  refusal: { part: "refusal", field: "refusal", event: "response.refusal" },
} as const;

export class ResponseWriter {
  readonly #repeated: JsonObject;
  readonly #output: Record<string, unknown>[] = [];
  #head: { readonly id: string; readonly created: number; readonly model: string } | undefined;
  #open: OpenItem | undefined;
  #reason: string | null = null;
  #usage: UsageBody | undefined;
  #sequence = 0;

  /** What the response repeats of its request. */
  constructor(repeated: JsonObject) {
    this.#repeated = repeated;
  }

  /** The events that a chunk makes. */
  *push(chunk: ChatChunk): Generator<ResponseEvent, void, undefined> {
    if (this.#head === undefined) {
      const { id, created, model } = chunk;
      this.#head = { id: id.replace(/^chatcmpl-/, ""), created, model };
      yield this.#event("response.created", { response: this.#response("in_progress") });
      yield this.#event("response.in_progress", { response: this.#response("in_progress") });
    }
    this.#usage = chunk.usage ?? this.#usage;
    for (const { delta, logprobs, finish_reason: reason } of chunk.choices) {
      yield* this.#delta(delta, logprobs?.content ?? []);
      this.#reason = reason ?? this.#reason;
    }
  }

  /** The last events; call it when all chunks have come. */
  *finish(): Generator<ResponseEvent, void, undefined> {
    yield* this.#close();
    const status = this.#status();
    yield this.#event(`response.${status}`, { response: this.response() });
  }

  /** The whole response, when all chunks have come and finish() was read. */
  response(): JsonObject {
    return this.#response(this.#status());
  }

  *#delta(delta: ChatDelta, logprobs: readonly JsonObject[]): Generator<ResponseEvent> {
    yield* this.#text("reasoning", delta.reasoning_content, []);
    yield* this.#text("text", delta.content, logprobs);
    yield* this.#text("refusal", delta.refusal, []);
    for (const call of delta.tool_calls ?? []) yield* this.#call(call);
  }

  *#text(
    kind: TextKind,
    piece: string | undefined,
    logprobs: readonly JsonObject[],
  ): Generator<ResponseEvent> {
    if (piece === undefined || piece === "") return;
    const { event } = textKinds[kind];
    if (this.#open?.kind !== kind) yield* this.#openText(kind);
    const open = this.#open;
    if (open === undefined) return;
    open.text += piece;
    open.logprobs.push(...logprobs);
    const told = kind === "text" ? { logprobs } : {};
    yield this.#event(`${event}.delta`, {
      ...placeOf(open),
      content_index: 0,
      delta: piece,
      ...told,
    });
  }

  *#openText(kind: TextKind): Generator<ResponseEvent> {
    const isReasoning = kind === "reasoning";
    const item = isReasoning
      ? { type: "reasoning", id: this.#id("rs"), summary: [], content: [], status: "in_progress" }
      : {
          type: "message",
          id: this.#id("msg"),
          role: "assistant",
          content: [],
          status: "in_progress",
        };
    yield* this.#add(item, { kind });
    const open = this.#open;
    if (open === undefined) return;
    yield this.#event("response.content_part.added", {
      ...placeOf(open),
      content_index: 0,
      part: partOf(open, kind),
    });
  }

  *#call({ index, id, function: called }: ToolCallDelta): Generator<ResponseEvent> {
    if (this.#open?.kind !== "call" || this.#open.call !== index) {
      const call = { name: called?.name ?? "", arguments: "", call_id: id ?? "" };
      const item = { type: "function_call", id: this.#id("fc"), ...call, status: "in_progress" };
      yield* this.#add(item, { kind: "call", call: index });
    }
    const [open, piece] = [this.#open, called?.arguments ?? ""];
    if (open === undefined || piece === "") return;
    open.text += piece;
    yield this.#event("response.function_call_arguments.delta", { ...placeOf(open), delta: piece });
  }

  *#add(
    item: Record<string, unknown>,
    as: Pick<OpenItem, "kind" | "call">,
  ): Generator<ResponseEvent> {
    yield* this.#close();
    const index = this.#output.length;
    this.#open = { ...as, item, index, text: "", logprobs: [] };
    yield this.#event("response.output_item.added", { output_index: index, item: { ...item } });
  }

  /** Ends the item that grows. */
  *#close(): Generator<ResponseEvent> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { item, kind, text } = open;
    if (kind === "call") {
      const { name } = item;
      item["arguments"] = text;
      yield this.#event("response.function_call_arguments.done", {
        ...placeOf(open),
        name,
        arguments: text,
      });
    } else {
      const { event, field } = textKinds[kind];
      const part = partOf(open, kind);
      item["content"] = [part];
      const place = { ...placeOf(open), content_index: 0 };
      const told = kind === "text" ? { logprobs: open.logprobs } : {};
      yield this.#event(`${event}.done`, { ...place, [field]: text, ...told });
      yield this.#event("response.content_part.done", { ...place, part });
    }
    item["status"] = "completed";
    this.#output.push(item);
    yield this.#event("response.output_item.done", { output_index: open.index, item });
  }

  #event(type: string, fields: JsonObject): ResponseEvent {
    const sequence_number = this.#sequence;
    this.#sequence += 1;
    return { type, sequence_number, ...fields };
  }

  #id(prefix: string): string {
    return `${prefix}_${this.#head?.id ?? ""}_${this.#output.length}`;
  }

  #status(): "completed" | "incomplete" {
    return this.#reason === "length" ? "incomplete" : "completed";
  }

  #response(status: "in_progress" | "completed" | "incomplete"): JsonObject {
    const { id = "", created = 0, model = "" } = this.#head ?? {};
    return {
      id: `resp_${id}`,
      object: "response",
      created_at: created,
      status,
      background: false,
      error: null,
      incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
      model,
      output: [...this.#output],
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      store: false,
      truncation: "disabled",
      usage: this.#usage === undefined ? null : usageOf(this.#usage),
      ...this.#repeated,
    };
  }
}

function placeOf({ item, index }: OpenItem): JsonObject {
  return { item_id: item["id"], output_index: index };
}

function partOf({ text, logprobs }: OpenItem, kind: TextKind): JsonObject {
  const { part, field } = textKinds[kind];
  const told = kind === "text" ? { annotations: [], logprobs: [...logprobs] } : {};
  return { type: part, [field]: text, ...told };
}

/** A detail that the engine does not tell is null: it is not zero. */
function usageOf(usage: UsageBody): JsonObject {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? null },
    output_tokens: usage.completion_tokens,
    output_tokens_details: {
      reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? null,
    },
    total_tokens: usage.total_tokens,
  };
}
