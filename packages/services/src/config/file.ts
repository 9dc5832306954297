import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
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

/**
 * Writes a JSON file that only its owner may read, whole or not at all, and durably: it may hold the only copy of a key
 * that is about to own something. Amounts become decimal texts. Throws option_invalid where it can't be written.
 */
export function writeConfigFile(path: string, value: object): void {
  const folder = dirname(path);
  const text = JSON.stringify(
    value,
    (_name, field: unknown) => (typeof field === "bigint" ? field.toString() : field),
    2,
  );
  try {
    makeFolder(folder);
    writeFileSync(`${path}.new`, `${text}\n`, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
    syncFolder(folder);
  } catch (cause) {
    throw new CocoonError("option_invalid", { file: path, reason: "cannot be written" }, { cause });
  }
}

/** Makes a folder for its owner alone, with those that it lies in. Node's own way to do so never returns under /proc. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(path)) throw error;
  }
}

/** Makes a rename durable. Windows opens no folders, and needs no sync of them. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
