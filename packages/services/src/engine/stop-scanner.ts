/** Text that may go out, and whether a stop text was met right after it. */
export type Scanned = { readonly text: string; readonly stopped: boolean };

/** Looks for stop texts in an answer that arrives in pieces, and holds back what may become one. */
export class StopScanner {
  readonly #stops: readonly string[];
  #held = "";

  /** None of the stop texts may be empty. */
  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** The text that is now certain to come before any stop text. */
  push(piece: string): Scanned {
    const text = this.#held + piece;
    const start = firstStop(text, this.#stops);
    if (start !== undefined) {
      this.#held = "";
      return { text: text.slice(0, start), stopped: true };
    }
    const keep = Math.max(0, ...this.#stops.map((stop) => overlap(text, stop)));
    this.#held = text.slice(text.length - keep);
    return { text: text.slice(0, text.length - keep), stopped: false };
  }

  /** What was held back, when the answer ended without it becoming a stop text. */
  end(): string {
    const text = this.#held;
    this.#held = "";
    return text;
  }
}

/** Where the stop text begins that is the first to be whole; of those, the longest. */
function firstStop(text: string, stops: readonly string[]): number | undefined {
  const found = stops
    .map((stop) => ({ start: text.indexOf(stop), length: stop.length }))
    .filter(({ start }) => start >= 0)
    .toSorted((a, b) => a.start + a.length - (b.start + b.length) || a.start - b.start);
  return found[0]?.start;
}

/** The longest end of the text that is a beginning of the stop text. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length -= 1) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
