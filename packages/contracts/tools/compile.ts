// Compiles the Tolk sources and writes what they become to src/compiled: npm run contracts

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runTolkCompiler, type TolkResultSuccess } from "@ton/tolk-js";

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

/** Compiles one entry point with the compiler that package-lock.json pins; throws for a warning too. */
export async function compileTolk(entry: string): Promise<CompiledCode> {
  const result = await runTolk(entry, readTolk);
  if (result.status === "error") throw new Error(result.message);
  if (result.stderr !== "") throw new Error(result.stderr);
  return codeOf(result);
}

export function readTolk(file: string): string {
  return readFileSync(new URL(`../tolk/${file}`, import.meta.url), "utf8");
}

/** What the compiler makes of one entry point and the sources that are read this way. */
export function runTolk(
  entry: string,
  read: (file: string) => string,
): ReturnType<typeof runTolkCompiler> {
  return runTolkCompiler({
    entrypointFileName: entry,
    fsReadCallback: read,
    optimizationLevel: 2,
  });
}

export function codeOf(result: TolkResultSuccess): CompiledCode {
  return { boc: result.codeBoc64, hash: result.codeHashHex.toLowerCase() };
}

/** The module that holds the code of a contract. */
export function codeModule(
  { entry, file }: (typeof contractSources)[number],
  { boc, hash }: CompiledCode,
): string {
  const name = file.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `// Written by \`npm run contracts\` from tolk/${entry}.

export const ${name}Compiled = {
  hash: "${hash}",
  boc: "${boc}",
} as const;
`;
}

async function writeCompiled(): Promise<void> {
  for (const source of contractSources) {
    const text = codeModule(source, await compileTolk(source.entry));
    writeFileSync(new URL(`../src/compiled/${source.file}.ts`, import.meta.url), text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeCompiled();
