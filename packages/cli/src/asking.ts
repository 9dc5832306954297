// Questions to a person at a terminal.

import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CocoonError } from "@cocoon/protocol";

export type Asking = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** What is typed does not appear. */
  readonly isSecret: boolean;
};

/** One line, without its end. Throws cancelled at Ctrl-C and Ctrl-D. */
export async function askLine(question: string, asking: Asking): Promise<string> {
  const { input, output, isSecret } = asking;
  output.write(question);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  // With an echo of its own, readline turns off the terminal's; here that echo goes nowhere.
  const lines = isSecret
    ? createInterface({ input, output: silence, terminal: true, historySize: 0 })
    : createInterface({ input, output, historySize: 0 });
  try {
    return await new Promise((resolve, reject) => {
      const cancel = (): void => reject(new CocoonError("cancelled"));
      lines.once("line", resolve);
      lines.once("SIGINT", cancel);
      lines.once("close", cancel);
    });
  } finally {
    lines.close();
    if (isSecret) output.write("\n");
  }
}
