// Tries mutants in a process of its own, which keeps the compiler and the TVM warm: run.ts forks it and sends them.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Executor } from "@ton/sandbox";
import * as fc from "fast-check";
import {
  codeModule,
  codeOf,
  type CompiledCode,
  compileTolk,
  contractSources,
  readTolk,
  runTolk,
} from "../compile.ts";
import { collected } from "./collected-test.ts";
import { keepModules, rememberFunctions } from "./warm-wasm.ts";
import { type Mutant, originalOf } from "./mutants.ts";

export type Outcome =
  /** The compiler refused it. */
  | { readonly kind: "invalid" }
  /** It compiles to the same code. */
  | { readonly kind: "same" }
  /** By the first test that failed. */
  | { readonly kind: "killed"; readonly by: string }
  | { readonly kind: "survived" };

type Source = (typeof contractSources)[number];

const contractsRoot = fileURLToPath(new URL("../..", import.meta.url));
// Below node_modules, so that copies find all packages and no tool takes them for sources.
const copies = path.resolve(contractsRoot, "../../node_modules/.cache/cocoon-mutants");

/** Tests that hold code or gas to what is checked in would notice any change, whatever it does. */
const isExact = (name: string): boolean => /^(?:compiled|gas)\.test\.ts$/.test(name);

/** The tests that concern a contract, fast ones first. */
function testsOf({ file }: Source): readonly string[] {
  const slow = ["floors.", "-model.", "-trees."];
  const rank = (name: string): number =>
    name.startsWith("floor-") ? -2 : slow.findIndex((part) => name.includes(part));
  return readdirSync(path.join(contractsRoot, "src"))
    .filter((name) => name.endsWith(".test.ts") && !isExact(name))
    .filter((name) => name.startsWith(file) || name.startsWith("floor"))
    .toSorted((left, right) => rank(left) - rank(right));
}

/** All that the tests read. */
const copiedNames = ["src", "testing", "tolk", "tools/compile.ts", "gas.json", "package.json"];

/** A copy of the package as it would be with this mutant among its sources. */
function copyWith(mutant: Mutant, source: Source, code: CompiledCode): string {
  mkdirSync(copies, { recursive: true });
  const copy = mkdtempSync(path.join(copies, "mutant-"));
  for (const name of copiedNames) {
    cpSync(path.join(contractsRoot, name), path.join(copy, name), { recursive: true });
  }
  writeFileSync(path.join(copy, "tolk", mutant.file), mutant.text);
  writeFileSync(path.join(copy, "src/compiled", `${source.file}.ts`), codeModule(source, code));
  const collector = new URL("collected-test.ts", import.meta.url).href;
  for (const name of testsOf(source)) {
    const text = readFileSync(path.join(copy, "src", name), "utf8");
    writeFileSync(path.join(copy, "src", name), text.replace('"node:test"', `"${collector}"`));
  }
  return copy;
}

/** The file and the test of a contract that failed last: most likely they fail again, so they come first. */
const lastKillers = new Map<string, { readonly file: string; readonly name: string }>();

function lastKillerFirst<Item>(items: readonly Item[], isIt: (item: Item) => boolean): Item[] {
  return [...items.filter(isIt), ...items.filter((item) => !isIt(item))];
}

/** The first test that fails. */
async function firstFailing(copy: string, source: Source): Promise<string | undefined> {
  const last = lastKillers.get(source.entry);
  for (const file of lastKillerFirst(testsOf(source), (own) => own === last?.file)) {
    collected.length = 0;
    const failed = await failsIn(pathToFileURL(path.join(copy, "src", file)), last?.name);
    if (failed === undefined) continue;
    lastKillers.set(source.entry, { file, name: failed });
    return `${file}: ${failed}`;
  }
  return undefined;
}

async function failsIn(file: URL, likely: string | undefined): Promise<string | undefined> {
  try {
    await import(file.href);
  } catch {
    return "before its tests";
  }
  for (const { name, run } of lastKillerFirst(collected, (own) => own.name === likely)) {
    try {
      await run();
    } catch {
      return name;
    }
  }
  return undefined;
}

const unchanged = new Map<string, string>();

async function hashOf(entry: string): Promise<string> {
  const hash = unchanged.get(entry) ?? (await compileTolk(entry)).hash;
  unchanged.set(entry, hash);
  return hash;
}

async function tryMutant(mutant: Mutant): Promise<Outcome> {
  const source = contractSources.find(({ entry }) => entry === mutant.entry);
  if (source === undefined) throw new RangeError(mutant.entry);
  const result = await runTolk(mutant.entry, (file) =>
    file === mutant.file ? mutant.text : readTolk(file),
  );
  if (result.status === "error") return { kind: "invalid" };
  const code = codeOf(result);
  const isSame = code.hash === (await hashOf(mutant.entry));
  if (isSame && mutant.name !== originalOf(source.entry).name) return { kind: "same" };
  const copy = copyWith(mutant, source, code);
  try {
    const by = await firstFailing(copy, source);
    return by === undefined ? { kind: "survived" } : { kind: "killed", by };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

rememberFunctions();
keepModules();
const tvm = Executor.create();
Executor.create = () => tvm;
// The same steps for every mutant, and no search for the shortest ones that fail.
fc.configureGlobal({ seed: 1, endOnFailure: true });

process.on("message", (mutant: Mutant) => {
  void tryMutant(mutant).then((outcome) => process.send?.(outcome));
});
process.on("disconnect", () => process.exit());
