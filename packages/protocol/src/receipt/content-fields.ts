// Which fields an answer's commitment has: the texts as they are, and the parts of them that can be opened apart.

import { textOf, utf8 } from "../bytes/index.ts";
import { ByteWriter, parseJson } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import type { ContentFields } from "./content.ts";

/** A request with more messages than these can be opened as a whole alone. */
export const openMessagesMax = 200;

/**
 * The fields of a request, as it was sealed. Spec section 6.4.3:
 *
 *     request      the bytes as they are
 *     message_N    JSON of the N-th of body.messages, from 0
 *     parameters   JSON of body without messages
 *
 * Throws request_malformed for JSON that can be read but is nested too deep to be written.
 */
export function requestContent(request: Uint8Array): ContentFields {
  const { messages, ...parameters } = bodyOf(request) ?? {};
  if (!Array.isArray(messages)) return { request };
  const parts = messages.length > openMessagesMax ? [] : messages;
  try {
    return {
      request,
      ...Object.fromEntries(parts.map((part, index) => [`message_${index}`, jsonOf(part)])),
      parameters: jsonOf(parameters),
    };
  } catch (cause) {
    throw new CocoonError("request_malformed", { reason: "nested too deep" }, { cause });
  }
}

/**
 * The fields of an answer. Spec section 6.4.3:
 *
 *     answer        the payloads of its event frames, joined
 *     answer_text   what its first choice says: the contents of all deltas, joined
 */
export function answerContent(answer: Uint8Array): ContentFields {
  const events = textOf(answer)?.split("\n").filter(Boolean) ?? [];
  return { answer, answer_text: utf8(events.map(saidBy).join("")) };
}

/** The fields of token ids, where an engine tells them: u32 each, big-endian. */
export function tokenContent({ prompt, answer }: TokenIds): ContentFields {
  return {
    ...(prompt && { prompt_token_ids: encodeTokenIds(prompt) }),
    ...(answer && { answer_token_ids: encodeTokenIds(answer) }),
  };
}

/** What the model read and what it sampled. */
export type TokenIds = {
  readonly prompt?: readonly number[] | undefined;
  readonly answer?: readonly number[] | undefined;
};

function encodeTokenIds(ids: readonly number[]): Uint8Array {
  const writer = new ByteWriter();
  for (const id of ids) writer.uint(id, 4);
  return writer.finish();
}

function bodyOf(request: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  return objectOf(readJson(textOf(request) ?? "")?.["body"]);
}

function saidBy(event: string): string {
  const choices = readJson(event)?.["choices"];
  if (!Array.isArray(choices)) return "";
  return choices.map(contentOfFirst).join("");
}

function contentOfFirst(value: unknown): string {
  const choice = objectOf(value);
  const content = choice?.["index"] === 0 ? objectOf(choice["delta"])?.["content"] : undefined;
  return typeof content === "string" ? content : "";
}

/** Undefined for what is not a JSON object. */
function readJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(parseJson(text, "request_malformed"));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>; // oxlint-disable-line no-unsafe-type-assertion -- checked above
}

function jsonOf(value: unknown): Uint8Array {
  return utf8(JSON.stringify(value));
}
