// The identity of a model: what exactly answers under its name. The manifest's hash stands in the root contract, in a
// worker's claims and in each receipt.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { primitives, toHex, utf8 } from "@cocoon/protocol";
import { readShelved } from "../weights/index.ts";

export type ManifestFile = {
  /** The file's name, without the folder where a host keeps it. */
  readonly path: string;
  readonly size: number;
  /** Lower-case hexadecimal; equal to the LFS object id of a model hub. */
  readonly sha256: string;
};

export type ModelManifest = {
  readonly id: string;
  /** Sorted by path. */
  readonly files: readonly ManifestFile[];
  readonly contextTokens: number;
  readonly engine: { readonly name: string; readonly version: string };
  /** Only when the template is not inside one of the files, as it is in GGUF. */
  readonly chatTemplateSha256?: string;
};

export type ManifestSource = Omit<ModelManifest, "files"> & {
  /** Where the weights lie. No two may have the same name. */
  readonly filePaths: readonly string[];
};

export type SealedManifest = {
  readonly manifest: ModelManifest;
  /** Canonical JSON: the text that is hashed. */
  readonly json: string;
  /** SHA-256 of the text's UTF-8, lower-case hexadecimal. */
  readonly manifestHash: string;
};

/** Reads and hashes all weights, about 1.6 GiB a second, but for those whose hash was noted when they were pulled. Rejects with the file system's error for a missing file. */
export async function createManifest(source: ManifestSource): Promise<SealedManifest> {
  const { filePaths, ...fields } = source;
  const files: ManifestFile[] = [];
  for (const path of filePaths) files.push(await describeFile(path));
  files.sort((left, right) => (left.path < right.path ? -1 : 1));
  if (new Set(files.map((file) => file.path)).size !== files.length) {
    throw new RangeError("two files of a manifest have the same name");
  }
  const manifest = { ...fields, files };
  const json = canonicalJson(manifest);
  return { manifest, json, manifestHash: toHex(primitives.sha256(utf8(json))) };
}

async function describeFile(path: string): Promise<ManifestFile> {
  const shelved = await readShelved(path);
  if (shelved !== undefined) {
    return { path: basename(path), size: shelved.sizeBytes, sha256: shelved.sha256 };
  }
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  const { size } = await stat(path);
  return { path: basename(path), size, sha256: hash.digest("hex") };
}

/** JSON with the names of each object sorted, without white space: one text for one value (RFC 8785 for our types). */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
