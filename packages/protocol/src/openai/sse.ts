// Server-sent events as OpenAI uses them: only `data` fields, one JSON text each, and a last one `[DONE]`.
// HTML Living Standard section 9.2.6 for how a stream is read.

import { CocoonError, type ErrorCode } from "../errors/index.ts";

/** One event of an answer's stream. */
export function encodeEvent(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** The event after the last chunk. */
export const doneEvent = "data: [DONE]\n\n";

export const doneText = "[DONE]";

/** No chunk of an answer is near this long; a backend that never ends a line must not fill the memory. */
export const eventLengthMax = 2 ** 20;

/** Cuts a stream of bytes into the texts of its events, however the bytes were split on their way. */
export class EventReader {
  readonly #code: ErrorCode;
  readonly #decoder = new TextDecoder("utf-8");
  #line = "";
  #data: string[] = [];
  #dataLength = 0;
  #skipLineFeed = false;

  /** The code is thrown for an event over eventLengthMax. */
  constructor(code: ErrorCode) {
    this.#code = code;
  }

  /** The texts of the events that these bytes complete. */
  read(bytes: Uint8Array): string[] {
    return this.#readText(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The text of a last event that no empty line ended: some backends close at once. */
  end(): string[] {
    return this.#readText(`${this.#decoder.decode()}\n\n`);
  }

  #readText(text: string): string[] {
    const events: string[] = [];
    let start = 0;
    for (const ending of text.matchAll(/\r\n|\r|\n/g)) {
      const afterReturn = this.#skipLineFeed && ending.index === 0 && ending[0] === "\n";
      if (!afterReturn) this.#endLine(this.#line + text.slice(start, ending.index), events);
      start = ending.index + ending[0].length;
    }
    if (text !== "") this.#skipLineFeed = text.endsWith("\r");
    this.#line = start === 0 ? this.#line + text : text.slice(start);
    this.#bound(this.#line.length);
    return events;
  }

  #endLine(line: string, events: string[]): void {
    this.#line = "";
    if (line === "") {
      if (this.#data.length > 0) events.push(this.#data.join("\n"));
      this.#data = [];
      this.#dataLength = 0;
      return;
    }
    if (!line.startsWith("data:")) return;
    const value = line.slice(line.startsWith("data: ") ? 6 : 5);
    this.#dataLength += value.length;
    this.#bound(this.#dataLength);
    this.#data.push(value);
  }

  #bound(length: number): void {
    if (length > eventLengthMax) throw new CocoonError(this.#code, { reason: "event too long" });
  }
}
