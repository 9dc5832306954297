import { Fields, malformed, unsupported } from "./fields.ts";
import { parseChatRequest } from "./parse-request.ts";
import type { ChatRequest } from "./request.ts";

/** What OpenAI generates when a completion does not say how much. */
const tokensDefaultMax = 16;

/**
 * Reads a request of the older API for completions: a text to go on from, which no chat template wraps. Only one prompt:
 * who takes several asks several times. Throws as parseChatRequest does.
 */
export function parseCompletionRequest(value: unknown): ChatRequest {
  const fields = new Fields(value, "");
  const prompt = fields.text("prompt");
  if (prompt === undefined) throw malformed("prompt", "is required");
  for (const name of ["suffix", "logprobs"]) {
    if (fields.unknown(name) !== undefined) throw unsupported(name);
  }
  for (const name of ["echo", "best_of"]) {
    const given = fields.unknown(name) ?? false;
    if (given !== false && given !== 1) throw unsupported(name);
  }
  // The options that both APIs have mean the same in both; the rest of a chat is not part of this one.
  const options = Object.fromEntries(sharedOptions.map((name) => [name, fields.unknown(name)]));
  const request = parseChatRequest({ ...options, messages: [{ role: "user", content: "" }] });
  return { ...request, tokensMax: request.tokensMax ?? tokensDefaultMax, messages: [], prompt };
}

const sharedOptions = [
  "model",
  "temperature",
  "top_p",
  "max_tokens",
  "n",
  "stop",
  "seed",
  "stream",
  "stream_options",
  "presence_penalty",
  "frequency_penalty",
  "logit_bias",
  "user",
];
