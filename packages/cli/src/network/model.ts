// The model that ships with the project, and the identity of any model.

import { CocoonError, primitives, toHex, utf8 } from "@cocoon/protocol";
import {
  createManifest,
  type GpuKind,
  llamaEngineVersion,
  type SealedManifest,
} from "@cocoon/services";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const tinyModel = {
  name: "cocoon-tiny",
  /** What it was trained for; prompt and answer together. */
  contextTokens: 512,
} as const;

const folder = fileURLToPath(new URL("../../../../models/cocoon-tiny/", import.meta.url));
const engineName = "node-llama-cpp";

/** The weights that ship with the project. Throws option_invalid where they are not there. */
export function tinyModelPath(): string {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const files = names.filter((name) => name.endsWith(".gguf"));
  const [file] = files;
  if (file !== undefined && files.length === 1) return join(folder, file);
  throw new CocoonError("option_invalid", { folder, reason: "not exactly one GGUF file" });
}

/** The identity of a GGUF model as the embedded engine runs it: what genesis lists is what a worker claims. */
export async function describeLlamaModel(model: {
  readonly name: string;
  readonly path: string;
  readonly contextTokens: number;
}): Promise<SealedManifest> {
  return await createManifest({
    id: model.name,
    filePaths: [model.path],
    contextTokens: model.contextTokens,
    engine: { name: engineName, version: llamaEngineVersion },
  });
}

/** Names the engine in a worker's claims, hex. */
export function engineHash(name: string, release: string): string {
  return toHex(primitives.sha256(utf8(`${name}@${release}`)));
}

/** Names the embedded engine: another chip rounds otherwise, and may answer in other words. */
export function llamaEngineHash(gpu: GpuKind | undefined): string {
  const build = gpu === undefined ? "" : `+${gpu}`;
  return engineHash(engineName, `${llamaEngineVersion}${build}`);
}
