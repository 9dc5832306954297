import { errorBody, type JsonObject } from "../openai/index.ts";
import type { MessageEvent } from "./message-writer.ts";

export function encodeMessageEvent(event: MessageEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** A failure after the stream began, as Anthropic's packages throw it. */
export function encodeMessageFailure(thrown: unknown): string {
  return encodeMessageEvent({ ...messageErrorBody(thrown).body, type: "error" });
}

const typeOfStatus: ReadonlyMap<number, string> = new Map([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [409, "invalid_request_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [503, "overloaded_error"],
]);

/** A refusal as an Anthropic client understands it, with our code beside its type. */
export function messageErrorBody(thrown: unknown): {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
} {
  const { status, body, headers } = errorBody(thrown);
  const { code, message, param } = body.error;
  const type = typeOfStatus.get(status) ?? "api_error";
  return { status, headers, body: { type: "error", error: { type, message, code, param } } };
}
