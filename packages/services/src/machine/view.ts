import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, type RunProgram } from "./program.ts";

/** What a survey may look at: the files that Linux describes itself in, and programs. */
export type MachineView = {
  /** Undefined where there is no such file, or it may not be read. */
  readonly text: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  /** Names in a folder; none where there is no such folder. */
  readonly list: (path: string) => readonly string[];
  readonly run: RunProgram;
  /** Only root may ask the TEE. */
  readonly isRoot: boolean;
};

/** This machine, or another one whose files lie below a folder. */
export function viewMachine(root = "/", run: RunProgram = runProgram): MachineView {
  const at = (path: string) => join(root, path);
  return {
    text: (path) => orElse(undefined, () => readFileSync(at(path), "utf8")),
    exists: (path) => existsSync(at(path)),
    list: (path) => orElse([], () => readdirSync(at(path))),
    run,
    isRoot: process.getuid?.() === 0,
  };
}

function orElse<Value>(absent: Value, look: () => Value): Value {
  try {
    return look();
  } catch {
    return absent;
  }
}
