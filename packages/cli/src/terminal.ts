// Where commands write: plain text for pipes, a little colour for people.

export type Terminal = {
  /** The result of a command; nothing else goes to standard output. */
  readonly write: (text: string) => void;
  /** What went wrong, and what goes on. */
  readonly note: (text: string) => void;
  /** Whether a person can be asked. */
  readonly isInteractive: boolean;
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
  // A reader that went away, such as head, is no fault of the command.
  for (const stream of [output, errors]) stream.on("error", () => undefined);
  return {
    write: (text) => void output.write(text),
    note: (text) => void errors.write(text),
    isInteractive: output.isTTY && process.stdin.isTTY,
    style: createStyle(hasColors),
  };
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

/** The beginning of a long id. */
export function shorten(id: string): string {
  return id.length <= 13 ? id : `${id.slice(0, 12)}…`;
}

/** Text of strangers without what moves the cursor or repaints the screen. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "");
}
