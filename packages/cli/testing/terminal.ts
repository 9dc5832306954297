import { createStyle, type Terminal } from "../src/terminal.ts";

/** A terminal that keeps what was written. */
export type RecordedTerminal = Terminal & {
  readonly written: () => string;
  readonly noted: () => string;
};

/** What is at the other end. */
export type Person = {
  /** Piped in. Default: nothing. */
  readonly input?: string;
  /** What a person types, one answer for each question. Default: there is no person. */
  readonly answers?: readonly string[];
};

export function recordedTerminal({ input = "", answers }: Person = {}): RecordedTerminal {
  let written = "";
  let noted = "";
  const left = [...(answers ?? [])];
  const answer = (question: string): Promise<string> => {
    noted += question;
    const next = left.shift();
    if (next === undefined) return Promise.reject(new RangeError(`not expected: ${question}`));
    return Promise.resolve(next);
  };
  return {
    write: (text) => {
      written += text;
    },
    note: (text) => {
      noted += text;
    },
    isInteractive: answers !== undefined,
    ask: answer,
    askSecret: answer,
    readInput: () => Promise.resolve(input),
    style: createStyle(false),
    written: () => written,
    noted: () => noted,
  };
}
