// A prompt that could be too long for a backend which would lose a part of it unseen: its tokens are counted in pieces,
// each so short that nothing of it can be lost.

import { type ChatRequest, contentText, promptTokensBound, textOf, utf8 } from "@cocoon/protocol";

/** What a template and a model's own limits need beside a piece. */
const pieceRoomTokens = 256;
const pieceTokensMin = 64;

/**
 * Requests whose prompts together hold all of a request's text, none longer than a context whatever its tokenizer: a
 * token is at least a byte. What their prompts come to together is at least what the request's does, but for images.
 */
export function promptPieces(request: ChatRequest, contextTokens: number): ChatRequest[] {
  const sizeBytes = Math.max(pieceTokensMin, contextTokens - pieceRoomTokens);
  const { prompt, tools, toolChoice: _, messages, ...rest } = request;
  const texts = [
    ...(prompt === undefined ? [] : [prompt]),
    ...tools.map((tool) => JSON.stringify(tool)),
    ...messages.map((message) =>
      message.role === "assistant" && message.toolCalls.length > 0
        ? contentText(message.content) + JSON.stringify(message.toolCalls)
        : contentText(message.content),
    ),
  ];
  return texts
    .flatMap((text) => cut(text, sizeBytes))
    .map((content) => ({
      ...rest,
      tools: [],
      stop: [],
      logprobs: false,
      messages: [{ role: "user", content }],
    }));
}

/** Whether the prompt could be over the context. */
export function couldBeOver(request: ChatRequest, contextTokens: number): boolean {
  return promptTokensBound(request) > contextTokens;
}

/** At the ends of characters. */
function cut(text: string, sizeBytes: number): string[] {
  const bytes = utf8(text);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(bytes.length, start + sizeBytes);
    while (end < bytes.length && isContinuation(bytes[end] ?? 0)) end -= 1;
    pieces.push(textOf(bytes.subarray(start, end)) ?? "");
    start = end;
  }
  return pieces;
}

/** The second and later bytes of a character in UTF-8 begin with the bits 10. */
function isContinuation(byte: number): boolean {
  return byte >> 6 === 2;
}
