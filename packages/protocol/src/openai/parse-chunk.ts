// Chunks from a backend or from a worker. Backends differ in what they leave out and add, so reading is
// tolerant, but what comes out has exactly our shape: nothing unknown is passed on.

import { JsonReader } from "../codec/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import { tokenCountMax, type Usage } from "../payment/index.ts";
import {
  type ChatChunk,
  type ChatDelta,
  type ChunkChoice,
  encodeUsage,
  type ChatFinishReason,
  type TokenLogprob,
  type ToolCallDelta,
} from "./completion.ts";

const choicesMax = 128;
const toolCallsMax = 128;
const logprobsMax = 65_536;
const textLengthMax = 2 ** 20;

/** Reads one chunk of an answer. Throws the caller's code, with the field, when it is not one. */
export function parseChunk(value: unknown, code: ErrorCode): ChatChunk {
  const chunk = new JsonReader(value, code);
  const usage = parseUsage(chunk.unknown("usage"));
  return {
    id: chunk.has("id") ? chunk.string("id") : "",
    object: "chat.completion.chunk",
    created: chunk.has("created") ? Math.max(0, chunk.int("created")) : 0,
    model: chunk.has("model") ? chunk.string("model") : "",
    choices: chunk.has("choices")
      ? chunk.objects("choices", choicesMax).map((choice) => parseChoice(choice, code))
      : [],
    ...(usage !== undefined && { usage: encodeUsage(usage) }),
  };
}

/** Reads one chunk of a completion of the older API as the chunk of a chat that says the same. Throws as parseChunk does. */
export function parseCompletionChunk(value: unknown, code: ErrorCode): ChatChunk {
  const json = new JsonReader(value, code);
  const choices = json.has("choices") ? json.objects("choices", choicesMax) : [];
  return parseChunk(
    {
      ...json.unknownFields(),
      choices: choices.map((choice) => {
        const { index, finish_reason, text } = choice.unknownFields();
        return { index, finish_reason, delta: { content: text } };
      }),
    },
    code,
  );
}

function parseChoice(choice: JsonReader, code: ErrorCode): ChunkChoice {
  const logprobs = parseLogprobs(choice);
  return {
    index: choice.has("index") ? choice.uint("index", choicesMax) : 0,
    delta: choice.has("delta") ? parseDelta(choice.object("delta")) : {},
    ...(logprobs !== undefined && { logprobs: { content: logprobs } }),
    finish_reason: choice.has("finish_reason") ? parseFinishReason(choice, code) : null,
  };
}

function parseDelta(delta: JsonReader): ChatDelta {
  const text = (name: string) => (delta.has(name) ? delta.string(name, textLengthMax) : undefined);
  const toolCalls = delta.has("tool_calls")
    ? delta.objects("tool_calls", toolCallsMax).map(parseToolCall)
    : undefined;
  return withoutAbsent({
    role: delta.has("role") ? ("assistant" as const) : undefined,
    content: text("content"),
    refusal: text("refusal"),
    reasoning_content: text("reasoning_content") ?? text("reasoning"),
    tool_calls: toolCalls,
  });
}

function parseToolCall(call: JsonReader, position: number): ToolCallDelta {
  const called = call.has("function") ? call.object("function") : undefined;
  return withoutAbsent({
    index: call.has("index") ? call.uint("index", toolCallsMax) : position,
    id: call.has("id") ? call.string("id") : undefined,
    type: call.has("type") ? ("function" as const) : undefined,
    function:
      called === undefined
        ? undefined
        : withoutAbsent({
            name: called.has("name") ? called.string("name") : undefined,
            arguments: called.has("arguments")
              ? called.string("arguments", textLengthMax)
              : undefined,
          }),
  });
}

function parseLogprobs(choice: JsonReader): readonly TokenLogprob[] | undefined {
  if (!choice.has("logprobs")) return undefined;
  const logprobs = choice.object("logprobs");
  if (!logprobs.has("content")) return undefined;
  return logprobs.array("content", logprobsMax).filter(isObject);
}

/** No answer ended for these: vLLM's and SGLang's when they gave up, Ollama's when it did nothing but move the model. */
const failedReasons: ReadonlySet<string> = new Set(["abort", "error", "load", "unload"]);

/** Backends have reasons of their own (`eos`, `content_filter`); all that is no limit and no call is a stop. */
function parseFinishReason(choice: JsonReader, code: ErrorCode): ChatFinishReason {
  const reason = choice.string("finish_reason", 64);
  if (reason === "" || failedReasons.has(reason))
    throw new CocoonError(code, { field: "finish_reason" });
  if (reason === "length") return "length";
  return reason === "tool_calls" || reason === "function_call" ? "tool_calls" : "stop";
}

/**
 * Reads a usage object, or gives undefined when it is not a whole one. Cached tokens are part of the prompt's and
 * reasoning tokens part of the completion's; a detail that is absent or cannot be stays unknown.
 */
export function parseUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const promptTokens = value["prompt_tokens"];
  const completionTokens = value["completion_tokens"];
  if (!isCount(promptTokens, tokenCountMax) || !isCount(completionTokens, tokenCountMax)) {
    return undefined;
  }
  const cached = detail(value, "prompt_tokens_details", "cached_tokens");
  const reasoning =
    detail(value, "completion_tokens_details", "reasoning_tokens") ?? value["reasoning_tokens"];
  return {
    promptTokens,
    completionTokens,
    ...(isCount(cached, promptTokens) && { cachedTokens: cached }),
    ...(isCount(reasoning, completionTokens) && { reasoningTokens: reasoning }),
  };
}

function detail(usage: Readonly<Record<string, unknown>>, group: string, name: string): unknown {
  const details = usage[group];
  return isObject(details) ? (details[name] ?? undefined) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= max;
}

function withoutAbsent<Shape extends object>(shape: Shape): Shape {
  const present = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Shape; // oxlint-disable-line no-unsafe-type-assertion -- only undefined left
}
