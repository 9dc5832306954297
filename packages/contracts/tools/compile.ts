// Compiles the Tolk sources and writes what they become to src/compiled: npm run contracts

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runTolkCompiler } from "@ton/tolk-js";

/** Our contracts: the Tolk entry point and the name of the file that holds its code. */
export const contractSources = [
  { entry: "Channel.tolk", file: "channel" },
  { entry: "ProxyBond.tolk", file: "proxy-bond" },
  { entry: "Root.tolk", file: "root" },
  { entry: "WorkerBond.tolk", file: "worker-bond" },
] as const;

export type CompiledCode = {
  /** Code cell as a bag of cells, base64. */
  readonly boc: string;
  /** Hash of the code cell, lower-case hex. */
  readonly hash: string;
};

/** Compiles one entry point with the compiler that package-lock.json pins. */
export async function compileTolk(entry: string): Promise<CompiledCode> {
  const result = await runTolkCompiler({
    entrypointFileName: entry,
    fsReadCallback: (name) => readFileSync(new URL(`../tolk/${name}`, import.meta.url), "utf8"),
    optimizationLevel: 2,
  });
  if (result.status === "error") throw new Error(result.message);
  if (result.stderr !== "") throw new Error(result.stderr);
  return { boc: result.codeBoc64, hash: result.codeHashHex.toLowerCase() };
}

async function writeCompiled(): Promise<void> {
  for (const { entry, file } of contractSources) {
    const { boc, hash } = await compileTolk(entry);
    const name = file.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const text = `// Written by \`npm run contracts\` from tolk/${entry}.

export const ${name}Compiled = {
  hash: "${hash}",
  boc: "${boc}",
} as const;
`;
    writeFileSync(new URL(`../src/compiled/${file}.ts`, import.meta.url), text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeCompiled();
