/** The text of tokens, which follow others that were turned into text before. */
export type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

/** A character has at most 4 bytes, each perhaps a token: 8 tokens without a whole one are no character. */
const pendingMax = 8;
/** What a detokenizer may need to see of the past to place spaces. */
const beforeMax = 3;
const replacement = "\uFFFD";

/** Turns tokens into text one at a time. A token can end within a character: its bytes wait for the rest. */
export class TokenText {
  readonly #detokenize: Detokenize;
  #pending: number[] = [];
  #before: number[] = [];

  constructor(detokenize: Detokenize) {
    this.#detokenize = detokenize;
  }

  /** The whole characters that this token completes. */
  push(token: number): string {
    this.#pending.push(token);
    const text = this.#detokenize(this.#pending, this.#before);
    if (text.endsWith(replacement) && this.#pending.length < pendingMax) return "";
    return this.#take(text);
  }

  /** The whole characters among what waits. A character cut off by the answer's end is left out. */
  end(): string {
    if (this.#pending.length === 0) return "";
    return this.#take(this.#detokenize(this.#pending, this.#before)).replace(/\uFFFD+$/, "");
  }

  #take(text: string): string {
    this.#before = [...this.#before, ...this.#pending].slice(-beforeMax);
    this.#pending = [];
    return text;
  }
}
