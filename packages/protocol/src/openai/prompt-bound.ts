import { utf8 } from "../bytes/index.ts";
import { type ChatMessage, type ChatRequest, contentText } from "./request.ts";

/** What a chat template says on its own: the longest known tell the date, a role and rules in under 100 tokens. */
const templateTokens = 128;
const messageTokens = 16;
const edgeTokens = 4;
const toolTokens = 64;
/** What tells a model how it calls. */
const toolRulesTokens = 128;
/** High resolution in the models that spend most on an image. */
const imageTokens = 4_096;

/**
 * The most tokens that a request's prompt can be, without knowing the tokenizer: a token of text is at least one byte,
 * and a chat template adds little to each message. Three to four times what text really comes to.
 */
export function promptTokensBound(request: ChatRequest): number {
  if (request.prompt !== undefined) return inputTokensBound(request.prompt);
  const messages = request.messages.map(messageBound);
  const tools = request.tools.map((tool) => byteCount(JSON.stringify(tool)) + toolTokens);
  const rules = tools.length > 0 ? templateTokens + toolRulesTokens : templateTokens;
  return [...messages, ...tools].reduce((total, count) => total + count, rules);
}

/** The most tokens that a text can be that stands alone: a few begin and end it. */
export function inputTokensBound(text: string): number {
  return byteCount(text) + edgeTokens;
}

function messageBound(message: ChatMessage): number {
  const { content } = message;
  const images =
    typeof content === "string" ? 0 : content.filter((part) => part.type === "image").length;
  const calls = message.role === "assistant" ? byteCount(JSON.stringify(message.toolCalls)) : 0;
  return byteCount(contentText(content)) + calls + images * imageTokens + messageTokens;
}

function byteCount(text: string): number {
  return utf8(text).length;
}
