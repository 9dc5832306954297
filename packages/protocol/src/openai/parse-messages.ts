import { Fields, malformed, unsupported } from "./fields.ts";
import type { ChatMessage, ImagePart, MessageContent, TextPart, ToolCall } from "./request.ts";

const messagesMax = 4_096;
const partsMax = 1_024;
const toolCallsMax = 128;
const nameLengthMax = 256;

/** The conversation. Throws request_malformed, or capability_missing for content no engine of ours takes. */
export function parseMessages(request: Fields): readonly ChatMessage[] {
  const messages = request.array("messages", messagesMax);
  if (messages === undefined) throw malformed("messages", "is required");
  if (messages.length === 0) throw malformed("messages", "must not be empty");
  return messages.map((message, index) => parseMessage(new Fields(message, `messages[${index}]`)));
}

function parseMessage(fields: Fields): ChatMessage {
  const role = fields.name("role", nameLengthMax);
  switch (role) {
    case "system":
    case "developer":
    case "user":
      return { role, content: requiredContent(fields), name: fields.text("name") };
    case "assistant":
      return parseAssistantMessage(fields);
    case "tool":
      return {
        role,
        content: requiredContent(fields),
        toolCallId: fields.name("tool_call_id", nameLengthMax),
      };
    case "function":
      throw unsupported(fields.param("role"));
    default:
      throw malformed(fields.param("role"), "is not a role");
  }
}

function parseAssistantMessage(fields: Fields): ChatMessage {
  const toolCalls = (fields.array("tool_calls", toolCallsMax) ?? []).map((call, index) =>
    parseToolCall(new Fields(call, `${fields.param("tool_calls")}[${index}]`)),
  );
  if (fields.unknown("function_call") !== undefined) {
    throw unsupported(fields.param("function_call"));
  }
  const content = parseContent(fields) ?? fields.text("refusal");
  if (content === undefined && toolCalls.length === 0) {
    throw malformed(fields.param("content"), "is required");
  }
  return { role: "assistant", content: content ?? "", toolCalls, name: fields.text("name") };
}

function parseToolCall(fields: Fields): ToolCall {
  const type = fields.text("type") ?? "function";
  if (type !== "function") throw unsupported(fields.param("type"));
  const called = fields.required("function");
  const parameters = called.text("arguments");
  if (parameters === undefined) throw malformed(called.param("arguments"), "is required");
  return {
    id: fields.name("id", nameLengthMax),
    name: called.name("name", nameLengthMax),
    arguments: parameters,
  };
}

function requiredContent(fields: Fields): MessageContent {
  const content = parseContent(fields);
  if (content === undefined) throw malformed(fields.param("content"), "is required");
  return content;
}

function parseContent(fields: Fields): MessageContent | undefined {
  const content = fields.unknown("content");
  if (content === undefined || typeof content === "string") return content;
  if (!Array.isArray(content)) {
    throw malformed(fields.param("content"), "must be a string or an array of parts");
  }
  const parts = fields.array("content", partsMax) ?? [];
  if (parts.length === 0) throw malformed(fields.param("content"), "must not be empty");
  return parts.map((part, index) =>
    parsePart(new Fields(part, `${fields.param("content")}[${index}]`)),
  );
}

function parsePart(fields: Fields): TextPart | ImagePart {
  const type = fields.name("type", nameLengthMax);
  if (type === "text" || type === "refusal") {
    const text = fields.text(type);
    if (text === undefined) throw malformed(fields.param(type), "is required");
    return { type: "text", text };
  }
  if (type === "image_url") {
    const image = fields.required("image_url");
    const url = image.name("url", Number.MAX_SAFE_INTEGER);
    return { type: "image", url, detail: image.text("detail") };
  }
  if (type === "input_audio" || type === "file") throw unsupported(fields.param("type"));
  throw malformed(fields.param("type"), "is not a kind of content");
}
