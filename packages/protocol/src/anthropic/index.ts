// Anthropic's Messages API, translated to chat completions and back.

export { type MessageEvent, MessageWriter } from "./message-writer.ts";
export { type MessagesRequest, parseMessagesRequest } from "./parse-request.ts";
export { encodeMessageEvent, encodeMessageFailure, messageErrorBody } from "./wording.ts";
