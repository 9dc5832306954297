// What a backend means by a refusal. Its words are looked at and go no further: they may quote the prompt.

import { CocoonError } from "@cocoon/protocol";

const retryAfterSecondsMax = 60;

/** OpenAI's and vLLM's code or message, llama.cpp's type, SGLang's, Ollama's and LM Studio's sentences. */
const contextWords = /context_length_exceeded|exceed_context_size|context (length|size|window)/i;
/** SGLang's and Ollama's sentences for a line that is full; both say 503. */
const busyWords = /busy|queue|pending requests|overloaded|at capacity/i;
/** llama.cpp's server for an image before a model that does not see, with status 500. */
const unableWords = /is not supported/i;

/** The refusal of a request, by its HTTP status and its body's text. */
export function refusalBy(
  status: number,
  text: string,
  retryAfter: string | null = null,
): CocoonError {
  if (isCallersFault(status) || status >= 500) {
    if (contextWords.test(text)) return new CocoonError("context_too_long", { status });
  }
  if (isCallersFault(status)) {
    return new CocoonError("request_malformed", { status, reason: "the backend refuses it" });
  }
  if (isBusy(status, text)) {
    return new CocoonError("queue_full", retryAdvice(retryAfter));
  }
  if (isUnable(status, text)) {
    return new CocoonError("capability_missing", { status });
  }
  // 503 is what llama.cpp's server says while it loads the model.
  if (status < 500 || status === 503) return new CocoonError("engine_unavailable", { status });
  return new CocoonError("engine_failed", { status });
}

/**
 * The refusal that a JSON value is, in an answer that began with success: `{"error": {...}}` of all engines, Ollama's
 * and LM Studio's `{"error": "..."}`, and `{"object": "error", ...}` of older ones. Undefined when it is none.
 */
export function refusalIn(value: unknown): CocoonError | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const isError = "object" in value && value.object === "error";
  const error = "error" in value ? (value.error ?? undefined) : undefined;
  const refused = isError ? value : error;
  if (refused === undefined) return undefined;
  return refusalBy(statusOf(refused), JSON.stringify(refused));
}

function isBusy(status: number, text: string): boolean {
  return status === 429 || (status === 503 && busyWords.test(text));
}

function isUnable(status: number, text: string): boolean {
  return status === 501 || (status >= 500 && unableWords.test(text));
}

function isCallersFault(status: number): boolean {
  return status === 400 || status === 413 || status === 422;
}

function statusOf(error: unknown): number {
  const code =
    typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "number" && code >= 400 && code < 600 ? code : 500;
}

function retryAdvice(retryAfter: string | null): { retryAfterMs?: number } {
  const seconds = Number(retryAfter ?? Number.NaN);
  return seconds > 0 && seconds <= retryAfterSecondsMax ? { retryAfterMs: seconds * 1_000 } : {};
}
