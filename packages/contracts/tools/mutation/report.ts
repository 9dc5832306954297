// What a run found. mutants.json has the figures of the last run over each contract, and survivors.json why what survived
// may: written by hand, and read here.

import { readFileSync, writeFileSync } from "node:fs";
import type { Mutant } from "./mutants.ts";
import type { Outcome } from "./trial.ts";

export type Result = { readonly mutant: Mutant; readonly outcome: Outcome };

/** Figures of one contract. Mutants that compile to the same code or not at all are not counted as mutants. */
export type Score = {
  /** Hash of the code that was broken. */
  readonly code: string;
  /** All ways to break it, and how many of them the run tried: all, unless it was a sample. */
  readonly possible: number;
  readonly tried: number;
  readonly mutants: number;
  readonly killed: number;
  readonly same: number;
  readonly invalid: number;
  readonly survivors: readonly string[];
};

export type Scores = Readonly<Record<string, Score>>;

const page = new URL("../../mutants.json", import.meta.url);

export function readScores(): Scores {
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own file
  return JSON.parse(readFileSync(page, "utf8")) as Scores;
}

export function writeScores(scores: Scores): void {
  writeFileSync(page, `${JSON.stringify(scores, undefined, 2)}\n`);
}

export type Run = {
  readonly code: string;
  readonly possible: number;
  readonly results: readonly Result[];
};

/** Why a mutant survives, by its name. */
export function readReasons(): Readonly<Record<string, string>> {
  const text = readFileSync(new URL("../../survivors.json", import.meta.url), "utf8");
  // oxlint-disable-next-line no-unsafe-type-assertion -- our own file
  return JSON.parse(text) as Record<string, string>;
}

export function scoreOf({ code, possible, results }: Run): Score {
  const those = (kind: Outcome["kind"]) => results.filter(({ outcome }) => outcome.kind === kind);
  const survivors = those("survived").map(({ mutant }) => mutant.name);
  const killed = those("killed").length;
  return {
    code,
    possible,
    tried: results.length,
    mutants: killed + survivors.length,
    killed,
    same: those("same").length,
    invalid: those("invalid").length,
    survivors,
  };
}

export function describeScore(name: string, score: Score): string {
  const percent = ((100 * score.killed) / Math.max(1, score.mutants)).toFixed(1);
  const { killed, mutants, same, invalid, tried, possible } = score;
  const rest = `${same} compile to the same code, ${invalid} do not compile`;
  return `${name}: ${killed} of ${mutants} killed, ${percent} %; ${rest}; ${tried} of ${possible} tried`;
}
