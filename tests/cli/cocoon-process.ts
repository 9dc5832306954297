// The cocoon command: in this process from source, and in one of its own as `npm test` has just built it, which starts faster.

import { runCli } from "@cocoon/cli";
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { recordedTerminal } from "../../packages/cli/testing/terminal.ts";

export const cocoonEntry: string = fileURLToPath(
  new URL("../../packages/cli/dist/main.js", import.meta.url),
);

export type Ended = {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
};

/** Runs a command in this process, where nothing has to outlive it. */
export async function cocoon(...words: readonly string[]): Promise<Ended> {
  const terminal = recordedTerminal();
  const status = await runCli(words, terminal);
  return { status, output: terminal.written(), errors: terminal.noted() };
}

/** A command in a process of its own. */
export class CocoonProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  #output = "";
  #errors = "";
  readonly #watchers = new Set<() => void>();

  constructor(words: readonly string[], folder?: string) {
    const child = spawn(process.execPath, [cocoonEntry, ...words], { cwd: folder });
    this.#child = child;
    child.stdin.end();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
      for (const look of this.#watchers) look();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    this.ended = once(child, "close").then(([status]: unknown[]) => {
      for (const look of this.#watchers) look();
      return {
        status: typeof status === "number" ? status : null,
        output: this.#output,
        errors: this.#errors,
      };
    });
  }

  /** Resolves with all output so far once it matches; fails when the process ends before, or in five minutes. */
  async outputs(wanted: RegExp): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        outcome();
      };
      const fail = (why: string): void =>
        settle(() =>
          reject(new Error(`${why}: ${String(wanted)}\n${this.#output}${this.#errors}`)),
        );
      const look = (): void => {
        if (wanted.test(this.#output)) settle(resolve);
        else if (this.#child.exitCode !== null) fail("ended without");
      };
      const timer = setTimeout(() => fail("did not come"), 300_000);
      this.#watchers.add(look);
      look();
    });
    return this.#output;
  }

  signal(name: NodeJS.Signals): void {
    assert.ok(this.#child.kill(name));
  }
}
