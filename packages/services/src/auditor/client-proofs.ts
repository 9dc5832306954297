// What people hand to an auditor: proof files with promises in them, checkpoints, identities.

import { CocoonError } from "@cocoon/protocol";
import { parseProofFile, type ProofFile, proofLengthMax } from "@cocoon/sdk";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Reads proof files. A folder stands for its .json files, read anew each time; what is no proof file is reported. */
export function readProofFiles(
  paths: readonly string[],
  onRefused: (path: string, error: CocoonError) => void,
): ProofFile[] {
  return paths.flatMap(filesAt).flatMap((path) => {
    try {
      return [parseProofFile(readTextFile(path, proofLengthMax))];
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      onRefused(path, error);
      return [];
    }
  });
}

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith(".json"))
      .toSorted()
      .map((name) => join(path, name));
  } catch {
    return [path];
  }
}

/** A file's text. Throws option_invalid when it cannot be read or is longer. */
export function readTextFile(path: string, bytesMax: number): string {
  try {
    if (statSync(path).size <= bytesMax) return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CocoonError("option_invalid", { file: path, reason: "cannot be read" }, { cause });
  }
  throw new CocoonError("option_invalid", { file: path, reason: "too long" });
}
