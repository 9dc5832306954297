import { createStyle, type Terminal } from "../src/terminal.ts";

/** A terminal that keeps what was written. */
export type RecordedTerminal = Terminal & {
  readonly written: () => string;
  readonly noted: () => string;
};

export function recordedTerminal(): RecordedTerminal {
  let written = "";
  let noted = "";
  return {
    write: (text) => {
      written += text;
    },
    note: (text) => {
      noted += text;
    },
    isInteractive: false,
    style: createStyle(false),
    written: () => written,
    noted: () => noted,
  };
}
