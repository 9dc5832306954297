import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a program of this machine and gives what it wrote to its standard output. Rejects with what Node says of it. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

const timeoutMs = 60_000;
/** Evidence of eight GPUs, in base64. */
const outputBytesMax = 1_048_576;

/** No shell comes between: arguments reach the program as they are. */
export const runProgram: RunProgram = async (program, args) => {
  const limits = { timeout: timeoutMs, maxBuffer: outputBytesMax, windowsHide: true };
  return (await promisify(execFile)(program, [...args], limits)).stdout;
};

/** The same, but a program that was not found is not looked for again: starting a process to learn that costs milliseconds. */
export function whileFound(run: RunProgram): RunProgram {
  const missing = new Map<string, unknown>();
  return async (program, args) => {
    if (missing.has(program)) throw missing.get(program);
    try {
      return await run(program, args);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") {
        missing.set(program, error);
      }
      throw error;
    }
  };
}
