// Where commands write and ask: plain text for pipes, a little colour for people.

import { askLine } from "./asking.ts";
import { UsageError } from "./usage-error.ts";

export type Terminal = {
  /** The result of a command; nothing else goes to standard output. */
  readonly write: (text: string) => void;
  /** What went wrong, and what goes on. */
  readonly note: (text: string) => void;
  /** Whether a person can be asked. */
  readonly isInteractive: boolean;
  /** Asks a person for a line. Throws cancelled at Ctrl-C and Ctrl-D. */
  readonly ask: (question: string) => Promise<string>;
  /** The same; what is typed is not shown. */
  readonly askSecret: (question: string) => Promise<string>;
  /** All that is piped in. Throws UsageError where a person would have to type it, or when it is too long. */
  readonly readInput: () => Promise<string>;
  readonly style: Style;
};

type Paint = (text: string) => string;

/** The same texts without colour where they would be noise: pipes, NO_COLOR, dumb terminals. */
export type Style = {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
};

export function createTerminal(
  output: NodeJS.WriteStream = process.stdout,
  errors: NodeJS.WriteStream = process.stderr,
): Terminal {
  // hasColors() knows NO_COLOR, FORCE_COLOR and TERM.
  const hasColors = output.isTTY && output.hasColors();
  const input = process.stdin;
  // A reader that went away, such as head, is no fault of the command.
  for (const stream of [output, errors]) stream.on("error", () => undefined);
  return {
    write: (text) => void output.write(text),
    note: (text) => void errors.write(text),
    // A result may be piped on while questions are asked: they go where faults go.
    isInteractive: errors.isTTY && input.isTTY,
    ask: (question) => askLine(question, { input, output: errors, isSecret: false }),
    askSecret: (question) => askLine(question, { input, output: errors, isSecret: true }),
    readInput: () => readPiped(input),
    style: createStyle(hasColors),
  };
}

const inputLengthMax = 4_096;

async function readPiped(input: NodeJS.ReadStream): Promise<string> {
  if (input.isTTY) throw new UsageError("nothing is piped in, and nobody can be asked here");
  let text = "";
  for await (const piece of input.setEncoding("utf8")) {
    text += String(piece);
    if (text.length > inputLengthMax) throw new UsageError("too much is piped in");
  }
  return text;
}

export function createStyle(hasColors: boolean): Style {
  const paint = (code: number, end: number): Paint =>
    hasColors ? (text) => `\u001B[${code}m${text}\u001B[${end}m` : (text) => text;
  return { bold: paint(1, 22), dim: paint(2, 22), good: paint(32, 39), bad: paint(31, 39) };
}

/** Rows of equal columns; a column is as wide as its widest cell. The last column is not padded. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

/** A duration for people, in seconds: "0.8 s". */
export function formatSeconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(1)} s`;
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size for people: "3.2 GiB". */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1_024 && unit < byteUnits.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${byteUnits[unit]}`;
}

/** The beginning of a long id. */
export function shorten(id: string): string {
  return id.length <= 13 ? id : `${id.slice(0, 12)}…`;
}

/** Text of strangers without what moves the cursor or repaints the screen. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "");
}
