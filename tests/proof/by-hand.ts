// The commands of docs/verify-by-hand.md, and what they print.

import { spawnSync } from "node:child_process";

export type Step = { readonly command: string; readonly output: string };

const marker = "--- next ---";

/** Each block of commands with the block of output after it. */
export function stepsOf(page: string): readonly Step[] {
  return [...page.matchAll(/```sh\n([^`]*)```\n\n```text\n([^`]*)```/g)].map(
    ([, command = "", output = ""]) => ({ command, output }),
  );
}

/**
 * Runs all commands in one shell in a folder; gives what each prints. Throws with what the shell complains of. Without
 * pipefail: who reads only the beginning of a pipe may end its writer with a signal, or not, as it happens.
 */
export function runSteps(steps: readonly Step[], folder: string): readonly string[] {
  const script = steps.map(({ command }) => `${command}echo '${marker}'\n`).join("");
  const { status, stdout, stderr } = spawnSync("bash", ["-eu"], {
    cwd: folder,
    input: script,
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8" },
  });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout.split(`${marker}\n`).slice(0, -1);
}
