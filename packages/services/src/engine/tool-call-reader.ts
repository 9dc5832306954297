import { type Tool, type ToolCallDelta, toHex } from "@cocoon/protocol";
import { randomBytes } from "node:crypto";
import { StopScanner } from "./stop-scanner.ts";
import { callEnd, callStart } from "./tool-prompt.ts";

/** What the text so far amounts to. */
export type ReadCalls = { readonly text: string; readonly toolCalls: readonly ToolCallDelta[] };

/** Finds the calls in an answer as it comes. What only looks like a call is text, and comes as it was written. */
export class ToolCallReader {
  readonly #names: ReadonlySet<string>;
  #scanner = new StopScanner([callStart]);
  /** The text behind a mark that began a call; undefined outside of one. */
  #call: string | undefined;
  #count = 0;

  constructor(tools: readonly Tool[]) {
    this.#names = new Set(tools.map(({ name }) => name));
  }

  get hasCalls(): boolean {
    return this.#count > 0;
  }

  push(piece: string): ReadCalls {
    if (this.#names.size === 0) return { text: piece, toolCalls: [] };
    let text = "";
    const toolCalls: ToolCallDelta[] = [];
    for (let rest = piece; rest !== "";) {
      if (this.#call === undefined) {
        const { before, after } = this.#scan(rest);
        text += before;
        rest = after;
        continue;
      }
      this.#call += rest;
      const end = this.#call.indexOf(callEnd);
      if (end < 0) break;
      const body = this.#call.slice(0, end);
      rest = this.#call.slice(end + callEnd.length);
      this.#call = undefined;
      const call = this.#read(body);
      if (call === undefined) text += callStart + body + callEnd;
      else toolCalls.push(call);
    }
    return { text: this.#spaced(text), toolCalls };
  }

  /** What was held back when the answer ended: a call that was cut off is text. */
  end(): string {
    return this.#spaced(this.#call === undefined ? this.#scanner.end() : callStart + this.#call);
  }

  /** The line break that stands between two calls is no text. */
  #spaced(text: string): string {
    return this.hasCalls && text.trim() === "" ? "" : text;
  }

  #scan(piece: string): { readonly before: string; readonly after: string } {
    const held = this.#scanner.end();
    const whole = held + piece;
    const { text, stopped } = this.#scanner.push(whole);
    if (!stopped) return { before: text, after: "" };
    this.#call = "";
    return { before: text, after: whole.slice(text.length + callStart.length) };
  }

  #read(body: string): ToolCallDelta | undefined {
    const call = parseCall(body);
    if (call === undefined || !this.#names.has(call.name)) return undefined;
    const index = this.#count;
    this.#count += 1;
    const id = `call_${toHex(randomBytes(12))}`;
    return { index, id, type: "function", function: call };
  }
}

function parseCall(
  body: string,
): { readonly name: string; readonly arguments: string } | undefined {
  let call: unknown;
  try {
    call = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof call !== "object" || call === null || !("name" in call)) return undefined;
  const given = "arguments" in call ? call.arguments : {};
  if (typeof call.name !== "string" || typeof given !== "object") return undefined;
  return { name: call.name, arguments: JSON.stringify(given ?? {}) };
}
