import { Fields, type JsonObject, malformed, unsupported } from "../openai/index.ts";
import { parseMessages } from "./parse-messages.ts";

/** A request of Anthropic's Messages API, as the chat completion that says the same. */
export type MessagesRequest = {
  /** For parseChatRequest(). */
  readonly chat: JsonObject;
  readonly stream: boolean;
};

const toolsMax = 128;
const stopsMax = 4;

/**
 * Reads a Messages request. Throws request_malformed, or capability_missing for what has no counterpart in a chat
 * completion; both name the parameter. What the chat completion itself refuses is found by parseChatRequest().
 */
export function parseMessagesRequest(value: unknown): MessagesRequest {
  const fields = new Fields(value, "");
  refuseUnserved(fields);
  const stream = fields.boolean("stream") ?? false;
  const maximum = fields.integer("max_tokens", 1, Number.MAX_SAFE_INTEGER);
  if (maximum === undefined) throw malformed("max_tokens", "is required");
  const tools = fields.array("tools", toolsMax) ?? [];
  const stops = fields.array("stop_sequences", stopsMax) ?? [];
  const chat = {
    model: fields.name("model", 256),
    messages: parseMessages(fields),
    stream,
    max_completion_tokens: maximum,
    temperature: fields.number("temperature", 0, 1),
    top_p: fields.number("top_p", 0, 1),
    stop: stops.length === 0 ? undefined : stops,
    user: fields.object("metadata")?.text("user_id"),
    tools: tools.length === 0 ? undefined : tools.map(chatTool),
    ...chatToolChoice(fields),
  };
  return { chat, stream };
}

function refuseUnserved(fields: Fields): void {
  for (const name of ["top_k", "mcp_servers", "container", "context_management"]) {
    if (fields.unknown(name) !== undefined) throw unsupported(name);
  }
  if ((fields.object("thinking")?.text("type") ?? "disabled") !== "disabled") {
    throw unsupported("thinking");
  }
}

function chatTool(tool: unknown, index: number): JsonObject {
  const fields = new Fields(tool, `tools[${index}]`);
  if ((fields.text("type") ?? "custom") !== "custom") throw unsupported(fields.param("type"));
  const [name, description] = [fields.name("name", 64), fields.text("description")];
  const parameters = fields.schema("input_schema");
  return { type: "function", function: { name, description, parameters } };
}

const choices: ReadonlyMap<string, string> = new Map([
  ["auto", "auto"],
  ["any", "required"],
  ["none", "none"],
]);

function chatToolChoice(fields: Fields): JsonObject {
  const choice = fields.object("tool_choice");
  if (choice === undefined) return {};
  const type = choice.name("type", 64);
  const isSerial = choice.boolean("disable_parallel_tool_use") ?? false;
  const parallel = isSerial ? { parallel_tool_calls: false } : {};
  if (type === "tool") {
    const name = choice.name("name", 64);
    return { tool_choice: { type: "function", function: { name } }, ...parallel };
  }
  const word = choices.get(type);
  if (word === undefined) throw malformed("tool_choice.type", "is not a choice");
  return { tool_choice: word, ...parallel };
}
