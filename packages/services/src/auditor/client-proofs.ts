// What people hand to an auditor: proof files with promises in them, checkpoints, identities.

import { CocoonError } from "@cocoon/protocol";
import { parseProofFile, type ProofFile, proofLengthMax } from "@cocoon/sdk";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readTextAt } from "./tile-reader.ts";

/** Reads proof files, from paths and URLs. A folder stands for its .json files, read anew each time; what is no proof file is reported. */
export async function readProofFiles(
  places: readonly string[],
  onRefused: (place: string, error: CocoonError) => void,
): Promise<ProofFile[]> {
  const proofs: ProofFile[] = [];
  for (const place of places.flatMap(filesAt)) {
    try {
      const text = isUrl(place)
        ? await readTextAt(place, proofLengthMax)
        : readTextFile(place, proofLengthMax);
      proofs.push(parseProofFile(text));
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      onRefused(place, error);
    }
  }
  return proofs;
}

/** Whether a place is on the web, not a path. */
export function isUrl(place: string): boolean {
  return /^https?:/.test(place);
}

function filesAt(path: string): string[] {
  if (isUrl(path)) return [path];
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
