import { textOf } from "../bytes/index.ts";
import { parseJson } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { Fields, malformed, unsupported } from "./fields.ts";
import { parseMessages } from "./parse-messages.ts";
import { parseResponseFormat, parseToolChoice, parseTools } from "./parse-tools.ts";
import type { ChatRequest } from "./request.ts";

const modelLengthMax = 256;
const stopsMax = 4;
const topLogprobsMax = 20;
const choicesMax = 128;
const functionsMax = 128;

/**
 * Reads a chat completion request. Throws request_malformed, or capability_missing for options that change
 * the answer and that no engine of ours takes; both name the parameter. Unknown fields are ignored.
 */
export function parseChatRequest(value: unknown): ChatRequest {
  const fields = new Fields(value, "");
  refuseUnserved(fields);
  const model = fields.name("model", modelLengthMax);
  const messages = parseMessages(fields);
  const stream = fields.boolean("stream") ?? false;
  const tools = parseTools(fields);
  return {
    model,
    messages,
    temperature: fields.number("temperature", 0, 2),
    topP: fields.number("top_p", 0, 1),
    tokensMax: parseTokensMax(fields),
    stop: parseStop(fields),
    seed: fields.integer("seed", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    stream,
    includeUsage: parseIncludeUsage(fields, stream),
    responseFormat: parseResponseFormat(fields),
    tools,
    toolChoice: parseToolChoice(fields, tools),
    parallelToolCalls: fields.boolean("parallel_tool_calls"),
    ...parseLogprobs(fields),
    presencePenalty: fields.number("presence_penalty", -2, 2),
    frequencyPenalty: fields.number("frequency_penalty", -2, 2),
    user: fields.text("user"),
  };
}

/** Reads a request's body, UTF-8 JSON. Throws as parseChatRequest does. */
export function decodeChatRequest(body: Uint8Array): ChatRequest {
  const text = textOf(body);
  if (text === undefined) throw new CocoonError("request_malformed", { reason: "not UTF-8" });
  return parseChatRequest(parseJson(text, "request_malformed"));
}

/** Options that would change the answer: better refused than silently dropped. */
function refuseUnserved(fields: Fields): void {
  const count = fields.integer("n", 1, choicesMax);
  if (count !== undefined && count !== 1) throw unsupported("n");
  for (const name of ["audio", "function_call", "prediction", "web_search_options"]) {
    if (fields.unknown(name) !== undefined) throw unsupported(name);
  }
  if ((fields.array("functions", functionsMax) ?? []).length > 0) throw unsupported("functions");
  const modalities = fields.array("modalities", 8) ?? [];
  if (modalities.some((modality) => modality !== "text")) throw unsupported("modalities");
  const bias = fields.object("logit_bias");
  if (bias !== undefined && !bias.isEmpty()) throw unsupported("logit_bias");
}

function parseTokensMax(fields: Fields): number | undefined {
  const current = fields.integer("max_completion_tokens", 1, Number.MAX_SAFE_INTEGER);
  const older = fields.integer("max_tokens", 1, Number.MAX_SAFE_INTEGER);
  return current ?? older;
}

function parseStop(fields: Fields): readonly string[] {
  const stop = fields.unknown("stop");
  if (stop === undefined) return [];
  const stops: readonly unknown[] =
    typeof stop === "string" ? [stop] : (fields.array("stop", stopsMax) ?? []);
  return stops.map((text, index) => {
    if (typeof text !== "string" || text === "") {
      throw malformed(`stop[${index}]`, "must be a string that is not empty");
    }
    return text;
  });
}

function parseIncludeUsage(fields: Fields, stream: boolean): boolean {
  const options = fields.object("stream_options");
  if (options === undefined) return false;
  if (!stream) throw malformed("stream_options", "is only allowed with stream");
  return options.boolean("include_usage") ?? false;
}

function parseLogprobs(fields: Fields): Pick<ChatRequest, "logprobs" | "topLogprobs"> {
  const logprobs = fields.boolean("logprobs") ?? false;
  const topLogprobs = fields.integer("top_logprobs", 0, topLogprobsMax);
  if (topLogprobs !== undefined && !logprobs) {
    throw malformed("top_logprobs", "is only allowed with logprobs");
  }
  return { logprobs, topLogprobs };
}
