// Messages of blocks, as the messages of a chat: what tools gave back stands in messages of its own there.

import { Fields, type JsonObject, malformed, unsupported } from "../openai/index.ts";

const messagesMax = 4_096;
const blocksMax = 1_024;

/** The messages of a chat completion that say the same, the system prompt first. */
export function parseMessages(fields: Fields): readonly JsonObject[] {
  const messages = fields.array("messages", messagesMax);
  if (messages === undefined) throw malformed("messages", "is required");
  const system = fields.unknown("system");
  const opening =
    system === undefined ? [] : [{ role: "system", content: textParts(fields, "system") }];
  const said = messages.flatMap((message, index) =>
    parseMessage(new Fields(message, `messages[${index}]`)),
  );
  // A begun answer that shall go on is no turn of a chat.
  if (said.at(-1)?.["role"] === "assistant") throw unsupported(`messages[${messages.length - 1}]`);
  return [...opening, ...said];
}

function parseMessage(message: Fields): readonly JsonObject[] {
  const role = message.name("role", 64);
  if (role !== "user" && role !== "assistant") {
    throw malformed(message.param("role"), "is not a role");
  }
  const content = message.unknown("content");
  if (content === undefined || typeof content === "string") return [{ role, content }];
  const blocks = (message.array("content", blocksMax) ?? []).map(
    (block, index) => new Fields(block, `${message.param("content")}[${index}]`),
  );
  return role === "user" ? userMessages(blocks) : [assistantMessage(blocks)];
}

function userMessages(blocks: readonly Fields[]): readonly JsonObject[] {
  const results = blocks.filter((block) => block.text("type") === "tool_result");
  const parts = blocks.filter((block) => !results.includes(block)).map(chatPart);
  const tools = results.map((result) => {
    const tool_call_id = result.name("tool_use_id", 256);
    return { role: "tool", tool_call_id, content: resultContent(result) };
  });
  return [...tools, ...(parts.length === 0 ? [] : [{ role: "user", content: parts }])];
}

/** A chat has no place to say that a tool failed but its text. */
function resultContent(result: Fields): unknown {
  const content = result.unknown("content") === undefined ? "" : textParts(result, "content");
  if (result.boolean("is_error") !== true) return content;
  const said = typeof content === "string" ? [{ type: "text", text: content }] : content;
  return [{ type: "text", text: "Error:" }, ...said];
}

function assistantMessage(blocks: readonly Fields[]): JsonObject {
  const calls = blocks.filter((block) => block.text("type") === "tool_use");
  const parts = blocks.filter((block) => !calls.includes(block) && !isThought(block)).map(chatPart);
  return {
    role: "assistant",
    content: parts.length === 0 ? null : parts,
    ...(calls.length > 0 && {
      tool_calls: calls.map((call) => ({
        id: call.name("id", 256),
        type: "function",
        function: {
          name: call.name("name", 256),
          arguments: JSON.stringify(call.unknown("input") ?? {}),
        },
      })),
    }),
  };
}

/** What a model thought before an earlier answer is no part of the conversation. */
function isThought(block: Fields): boolean {
  return ["thinking", "redacted_thinking"].includes(block.text("type") ?? "");
}

function textParts(fields: Fields, name: string): string | readonly JsonObject[] {
  const content = fields.unknown(name);
  if (typeof content === "string") return content;
  return (fields.array(name, blocksMax) ?? []).map((block, index) =>
    chatPart(new Fields(block, `${fields.param(name)}[${index}]`)),
  );
}

function chatPart(block: Fields): JsonObject {
  const type = block.name("type", 64);
  if (type === "text") return { type, text: block.text("text") };
  if (type !== "image") throw unsupported(block.param("type"));
  const source = block.required("source");
  const kind = source.name("type", 64);
  if (kind === "url") return imagePart(source.name("url", Number.MAX_SAFE_INTEGER));
  if (kind !== "base64") throw unsupported(source.param("type"));
  const media = source.name("media_type", 64);
  return imagePart(`data:${media};base64,${source.name("data", Number.MAX_SAFE_INTEGER)}`);
}

function imagePart(url: string): JsonObject {
  return { type: "image_url", image_url: { url } };
}
