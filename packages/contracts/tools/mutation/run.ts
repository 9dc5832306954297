// Breaks the contracts in every way of operators.ts and sees whether a test notices: npm run mutate
//
//   npm run mutate -- Channel             one contract
//   npm run mutate -- --file merkle.tolk  what is changed in one source
//   npm run mutate -- --sample 50         so many, chosen by --seed
//   npm run mutate -- --resume            only what no earlier run has killed

import { type ChildProcess, fork } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compileTolk, contractSources } from "../compile.ts";
import { type Entry, type Mutant, mutantsOf, originalOf } from "./mutants.ts";
import {
  describeScore,
  readReasons,
  readScores,
  type Result,
  scoreOf,
  writeScores,
} from "./report.ts";
import type { Outcome } from "./trial.ts";

/** A process takes up more memory with each mutant that it has tried. */
const mutantsPerProcess = 100;
/** Waiting, not computing: the machine may be busy. */
const timeoutMs = 600_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: "string" },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    resume: { type: "boolean", default: false },
  },
});

const cache = new URL("../../../../node_modules/.cache/cocoon-mutants/", import.meta.url);
const journal = new URL("results.jsonl", cache);

/** A number that depends on the seed and the name alone: the smallest ones are the sample. */
function lot(name: string): number {
  let state = Number(values.seed);
  for (const character of name)
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return state >>> 0;
}

function chosen(): readonly Mutant[] {
  const entries = contractSources
    .map(({ entry }) => entry)
    .filter(
      (entry) => positionals.length === 0 || positionals.includes(entry.replace(".tolk", "")),
    );
  const all = entries
    .flatMap((entry) => mutantsOf(entry))
    .filter(({ file }) => values.file === undefined || file === values.file);
  if (values.sample === undefined) return all;
  const wanted = all.toSorted((left, right) => lot(left.name) - lot(right.name));
  return wanted.slice(0, Number(values.sample));
}

/** What an earlier run found, of the same code and tests or of others: only what was killed is believed. */
function readJournal(): ReadonlyMap<string, Outcome> {
  if (!values.resume || !existsSync(journal)) return new Map();
  const lines = readFileSync(journal, "utf8").trim().split("\n");
  // oxlint-disable-next-line no-unsafe-type-assertion -- written below
  const entries = lines.map((line) => JSON.parse(line) as { key: string; outcome: Outcome });
  return new Map(
    entries.flatMap(({ key, outcome }) => (outcome.kind === "survived" ? [] : [[key, outcome]])),
  );
}

const trial = fileURLToPath(new URL("trial.ts", import.meta.url));
let child: ChildProcess | undefined;
let tried = 0;

/** What the process answers. One that ends or falls silent was brought down by the mutant. */
function answerOf(running: ChildProcess, mutant: Mutant): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      running.removeAllListeners();
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      running.kill("SIGKILL");
      settle({ kind: "killed", by: "time: no answer" });
    }, timeoutMs);
    running.once("message", (outcome: Outcome) => {
      settle(outcome);
    });
    running.once("exit", (code) => {
      child = undefined;
      settle({ kind: "killed", by: `process: ended with ${code}` });
    });
    running.send(mutant);
  });
}

async function tryMutant(mutant: Mutant): Promise<Outcome> {
  if (tried % mutantsPerProcess === 0) {
    child?.disconnect();
    child = undefined;
  }
  tried += 1;
  child ??= fork(trial, { env: { ...process.env, MODEL_RUNS: "8" } });
  return answerOf(child, mutant);
}

const keyOf = ({ entry, name }: Mutant): string => `${entry}: ${name}`;

async function tryAll(mutants: readonly Mutant[]): Promise<readonly Result[]> {
  const known = readJournal();
  mkdirSync(cache, { recursive: true });
  const results: Result[] = [];
  for (const [index, mutant] of mutants.entries()) {
    const key = keyOf(mutant);
    const outcome = known.get(key) ?? (await tryMutant(mutant));
    results.push({ mutant, outcome });
    if (known.has(key)) continue;
    appendFileSync(journal, `${JSON.stringify({ key, outcome })}\n`);
    const by = outcome.kind === "killed" ? ` by ${outcome.by}` : "";
    console.log(
      `${index + 1}/${mutants.length} ${outcome.kind}${by}: line ${mutant.line} of ${mutant.name}`,
    );
  }
  child?.disconnect();
  return results;
}

/** Prints the figures of a contract and keeps them; returns what survived and nothing explains. */
async function conclude(entry: Entry, results: readonly Result[]): Promise<readonly string[]> {
  const name = entry.replace(".tolk", "");
  const scores = readScores();
  const { hash } = await compileTolk(entry);
  const possible = mutantsOf(entry).length;
  const score = scoreOf({ code: hash, possible, results });
  console.log(describeScore(name, score));
  if (values.file === undefined) writeScores({ ...scores, [name]: score });
  const reasons = readReasons();
  return score.survivors.filter((mutant) => !(mutant in reasons));
}

async function assertPassing(entries: ReadonlySet<Entry>): Promise<void> {
  for (const entry of entries) {
    const outcome = await tryMutant(originalOf(entry));
    if (outcome.kind !== "survived") throw new Error(`${entry} fails: ${JSON.stringify(outcome)}`);
  }
}

if (!values.resume) rmSync(journal, { force: true });
const mutants = chosen();
await assertPassing(new Set(mutants.map(({ entry }) => entry)));
const results = await tryAll(mutants);
const unexplained: string[] = [];
for (const { entry } of contractSources) {
  const own = results.filter(({ mutant }) => mutant.entry === entry);
  if (own.length > 0) unexplained.push(...(await conclude(entry, own)));
}
for (const name of unexplained)
  console.log(`survived, and survivors.json does not say why: ${name}`);
process.exitCode = unexplained.length === 0 ? 0 : 1;
