import { CocoonError } from "@cocoon/protocol";
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Throws option_invalid for a file that is there already, or could not be written where it is to be. */
export function assertWritable(path: string): void {
  if (existsSync(path)) refuse(path, "it is there already");
  if (!existsSync(dirname(path))) refuse(path, "no such directory");
}

/** Writes a new file that its owner alone can read. Throws option_invalid. */
export function writeForOwner(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    refuse(path, "cannot be written", cause);
  }
}

function refuse(file: string, reason: string, cause?: unknown): never {
  throw new CocoonError("option_invalid", { file, reason }, { cause });
}
