// The weights on this machine: each file with a note of where it came from and what it is, so that nothing is downloaded
// or hashed twice.

import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CocoonError, JsonReader, parseJson, toHex } from "@cocoon/protocol";
import { writeConfigFile } from "../config/index.ts";
import { download, type DownloadOptions } from "./download.ts";
import { findOnHub, type HubFile } from "./hub.ts";
import { formatWeightsSource, type WeightsSource } from "./source.ts";

/** A file of weights on this machine. */
export type ShelvedWeights = {
  readonly path: string;
  /** With the commit as its revision. */
  readonly source: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
};

/** Where a source's file lies below a shelf's folder. */
function pathOn(folder: string, { owner, name, path }: WeightsSource): string {
  return join(folder, owner, name, basename(path));
}

/**
 * Brings a file to the shelf, unless it is there already, as the same commit of the same repository. Throws
 * weights_unavailable, weights_corrupt, storage_failed and cancelled.
 */
export async function pullWeights(
  folder: string,
  source: WeightsSource,
  options: DownloadOptions & { readonly onFound: (file: HubFile) => void },
): Promise<ShelvedWeights> {
  const file = await findOnHub(options.hub, source);
  options.onFound(file);
  const path = pathOn(folder, source);
  if ((await readShelved(path))?.sha256 !== file.sha256) {
    await mkdir(dirname(path), { recursive: true });
    await download(file, path, options);
  }
  const { sizeBytes, sha256 } = file;
  const named = formatWeightsSource({ ...source, revision: file.commit });
  const mtimeMs = Math.floor((await stat(path)).mtimeMs);
  writeConfigFile(notePath(path), { source: named, sizeBytes, sha256, mtimeMs });
  return { path, source: named, sizeBytes, sha256 };
}

/** All weights on a shelf, by path; those whose file is gone or cut are left out. */
export async function listWeights(folder: string): Promise<ShelvedWeights[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const found: ShelvedWeights[] = [];
  for (const name of names.toSorted((left, right) => (left < right ? -1 : 1))) {
    const weights = await readShelved(join(folder, name));
    if (weights !== undefined) found.push(weights);
  }
  return found;
}

function notePath(path: string): string {
  return `${path}.json`;
}

/** What is known of a file; undefined when there is no note of it, or it was touched since. */
export async function readShelved(path: string): Promise<ShelvedWeights | undefined> {
  const note = await readNote(path);
  if (note === undefined) return undefined;
  const { mtimeMs, ...weights } = note;
  const file = await stat(path).catch(() => undefined);
  return file?.size === weights.sizeBytes && Math.floor(file.mtimeMs) === mtimeMs
    ? weights
    : undefined;
}

async function readNote(
  path: string,
): Promise<(ShelvedWeights & { readonly mtimeMs: number }) | undefined> {
  let text: string;
  try {
    text = await readFile(notePath(path), "utf8");
  } catch {
    return undefined;
  }
  try {
    const json = new JsonReader(parseJson(text, "storage_corrupt"), "storage_corrupt");
    return {
      path,
      source: json.string("source"),
      sizeBytes: json.uint("sizeBytes"),
      sha256: toHex(json.hex("sha256", 32)),
      mtimeMs: json.uint("mtimeMs"),
    };
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    // Not a note of ours: some other program's JSON beside a file.
    return undefined;
  }
}
