import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CocoonError, JsonReader, parseJson } from "@cocoon/protocol";

/** Reads a JSON configuration file; `option_invalid` when it is missing or not JSON. */
export function readConfigFile(path: string): JsonReader {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new CocoonError("option_invalid", { file: path, reason: "cannot be read" }, { cause });
  }
  return new JsonReader(parseJson(text, "option_invalid"), "option_invalid");
}

/** Writes a JSON file that only its owner may read, whole or not at all. Amounts become decimal texts. */
export function writeConfigFile(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const text = JSON.stringify(
    value,
    (_name, field: unknown) => (typeof field === "bigint" ? field.toString() : field),
    2,
  );
  writeFileSync(`${path}.new`, `${text}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
