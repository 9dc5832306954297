import { formatBytes, type Terminal } from "../terminal.ts";

const cells = 30;
/** A person reads no faster; a file that is written to should not fill up. */
const redrawMs = 200;

/** How far a download is, on one line that is drawn again; for a pipe, nothing. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  #totalBytes = 0;
  #drawnAtMs = -redrawMs;
  #isDrawn = false;

  constructor(terminal: Terminal, nowMs: () => number) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
  }

  begin(totalBytes: number): void {
    this.#totalBytes = totalBytes;
  }

  move(doneBytes: number): void {
    if (!this.#terminal.isInteractive) return;
    const isDone = doneBytes >= this.#totalBytes;
    if (!isDone && this.#nowMs() - this.#drawnAtMs < redrawMs) return;
    this.#drawnAtMs = this.#nowMs();
    this.#isDrawn = true;
    const share = this.#totalBytes === 0 ? 0 : Math.min(1, doneBytes / this.#totalBytes);
    const bar = "#".repeat(Math.floor(share * cells)).padEnd(cells, ".");
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    this.#terminal.note(`\r[${bar}] ${percent} of ${formatBytes(this.#totalBytes)} \u001B[K`);
  }

  /** Leaves the line. */
  end(): void {
    if (this.#isDrawn) this.#terminal.note("\n");
    this.#isDrawn = false;
  }
}
