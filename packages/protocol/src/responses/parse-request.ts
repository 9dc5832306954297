import { Fields, type JsonObject, malformed, unsupported } from "../openai/index.ts";
import { parseInput } from "./parse-input.ts";

/** A request of OpenAI's Responses API, as the chat completion that says the same. */
export type ResponsesRequest = {
  /** For parseChatRequest(). */
  readonly chat: JsonObject;
  readonly stream: boolean;
  /** What the response repeats of its request. */
  readonly repeated: JsonObject;
};

const toolsMax = 128;
const includesMax = 32;

/** What asks for state that is kept between requests, or for work that goes on without the caller: nothing here is kept. */
const stateful = ["previous_response_id", "conversation", "prompt"];
const nothingKept = "nothing is kept between requests here";
/** What may be asked to be included though there is never any of it. */
const emptyIncludes = new Set(["reasoning.encrypted_content"]);
const logprobsInclude = "message.output_text.logprobs";

/**
 * Reads a Responses request. Throws request_malformed, or capability_missing for what has no counterpart in a chat
 * completion; both name the parameter. What the chat completion itself refuses is found by parseChatRequest().
 */
export function parseResponsesRequest(value: unknown): ResponsesRequest {
  const fields = new Fields(value, "");
  refuseUnserved(fields);
  const model = fields.name("model", 256);
  const stream = fields.boolean("stream") ?? false;
  const format = fields.object("text")?.object("format");
  const tools = fields.array("tools", toolsMax) ?? [];
  const chat = {
    model,
    messages: parseInput(fields),
    stream,
    max_completion_tokens: fields.unknown("max_output_tokens"),
    temperature: fields.unknown("temperature"),
    top_p: fields.unknown("top_p"),
    user: fields.unknown("user"),
    parallel_tool_calls: fields.unknown("parallel_tool_calls"),
    tools: tools.length === 0 ? undefined : tools.map(chatTool),
    tool_choice: chatToolChoice(fields),
    response_format: format === undefined ? undefined : chatFormat(format),
    ...chatLogprobs(fields),
  };
  return { chat, stream, repeated: repeatedOf(fields, tools) };
}

function refuseUnserved(fields: Fields): void {
  const given = stateful.find((name) => fields.unknown(name) !== undefined);
  if (given !== undefined) throw unsupported(given, nothingKept);
  for (const name of ["store", "background"]) {
    if (fields.boolean(name) === true) throw unsupported(name, nothingKept);
  }
  if ((fields.text("truncation") ?? "disabled") !== "disabled") throw unsupported("truncation");
  const verbosity = fields.object("text")?.text("verbosity") ?? "medium";
  if (verbosity !== "medium") throw unsupported("text.verbosity");
}

function chatTool(tool: unknown, index: number): JsonObject {
  const fields = new Fields(tool, `tools[${index}]`);
  if (fields.name("type", 64) !== "function") throw unsupported(fields.param("type"));
  const [name, description] = [fields.name("name", 64), fields.text("description")];
  const [parameters, strict] = [fields.schema("parameters"), fields.boolean("strict")];
  return { type: "function", function: { name, description, parameters, strict } };
}

function chatToolChoice(fields: Fields): unknown {
  const choice = fields.unknown("tool_choice");
  if (choice === undefined || typeof choice === "string") return choice;
  const named = fields.required("tool_choice");
  if (named.name("type", 64) !== "function") throw unsupported("tool_choice.type");
  return { type: "function", function: { name: named.name("name", 64) } };
}

function chatFormat(format: Fields): JsonObject {
  const type = format.name("type", 64);
  if (type !== "json_schema") return { type };
  const [name, description] = [format.name("name", 64), format.text("description")];
  const [schema, strict] = [format.schema("schema"), format.boolean("strict")];
  return { type, json_schema: { name, description, schema, strict } };
}

function chatLogprobs(fields: Fields): JsonObject {
  const includes = fields.array("include", includesMax) ?? [];
  const unserved = includes.findIndex(
    (name) => name !== logprobsInclude && !emptyIncludes.has(String(name)),
  );
  if (unserved >= 0) throw unsupported(`include[${unserved}]`);
  const count = fields.integer("top_logprobs", 0, 20);
  const isWanted = includes.includes(logprobsInclude);
  if (count !== undefined && !isWanted) {
    throw malformed("top_logprobs", `is only allowed with include ${logprobsInclude}`);
  }
  return isWanted ? { logprobs: true, top_logprobs: count } : {};
}

function repeatedOf(fields: Fields, tools: readonly unknown[]): JsonObject {
  return {
    instructions: fields.unknown("instructions") ?? null,
    max_output_tokens: fields.unknown("max_output_tokens") ?? null,
    metadata: fields.unknown("metadata") ?? {},
    parallel_tool_calls: fields.unknown("parallel_tool_calls") ?? true,
    temperature: fields.unknown("temperature") ?? null,
    text: { format: fields.object("text")?.unknown("format") ?? { type: "text" } },
    tool_choice: fields.unknown("tool_choice") ?? "auto",
    tools,
    top_p: fields.unknown("top_p") ?? null,
  };
}
