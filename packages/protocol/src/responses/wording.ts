import { errorBody } from "../openai/index.ts";
import type { ResponseEvent } from "./response-writer.ts";

/** One event of a response's stream: its name stands beside it too. */
export function encodeResponseEvent(event: ResponseEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/**
 * A failure after the stream began. OpenAI's event has the fields of the error in itself; the error object beside them
 * is what OpenAI's own packages throw.
 */
export function encodeResponseFailure(thrown: unknown, sequence: number): string {
  const { error } = errorBody(thrown).body;
  const { code, message, param } = error;
  const event = { type: "error", sequence_number: sequence, code, message, param, error };
  return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
}
