import { formatSeconds, type Terminal } from "../terminal.ts";

/** Prints what has come about, with how long it took. */
export class Steps {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;

  constructor(terminal: Terminal, nowMs: () => number = Date.now) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
  }

  get nowMs(): number {
    return this.#nowMs();
  }

  /** One line: what, how long since it began, and what to know about it. */
  done(what: string, sinceMs: number, detail: string = ""): void {
    const { style, write } = this.#terminal;
    const took = formatSeconds(this.#nowMs() - sinceMs).padStart(7);
    write(`  ${what.padEnd(18)} ${style.dim(took)}  ${detail}`.trimEnd());
    write("\n");
  }

  /** Something that happens to a network that is up. */
  note(text: string): void {
    this.#terminal.write(`  ${this.#terminal.style.dim(text)}\n`);
  }
}
