// What a run found, and mutants.json: the figures of the last whole run, and why what survived it may.

import { readFileSync, writeFileSync } from "node:fs";
import type { Mutant } from "./mutants.ts";
import type { Outcome } from "./trial.ts";

export type Result = { readonly mutant: Mutant; readonly outcome: Outcome };

export type Survivor = { readonly mutant: string; readonly why: string };

/** Figures of one contract. Mutants that compile to the same code or not at all are not counted as mutants. */
export type Score = {
  /** Hash of the code that was broken. */
  readonly code: string;
  readonly mutants: number;
  readonly killed: number;
  readonly same: number;
  readonly invalid: number;
  readonly survivors: readonly Survivor[];
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

export function scoreOf(code: string, results: readonly Result[], before?: Score): Score {
  const reasons = new Map(before?.survivors.map(({ mutant, why }) => [mutant, why]));
  const those = (kind: Outcome["kind"]) => results.filter(({ outcome }) => outcome.kind === kind);
  const survivors = those("survived").map(({ mutant: { name } }) => {
    return { mutant: name, why: reasons.get(name) ?? "" };
  });
  const killed = those("killed").length;
  return {
    code,
    mutants: killed + survivors.length,
    killed,
    same: those("same").length,
    invalid: those("invalid").length,
    survivors,
  };
}

export function describeScore(name: string, score: Score): string {
  const percent = ((100 * score.killed) / Math.max(1, score.mutants)).toFixed(1);
  const { killed, mutants, same, invalid } = score;
  const rest = `${same} compile to the same code, ${invalid} do not compile`;
  return `${name}: ${killed} of ${mutants} killed, ${percent} %; ${rest}`;
}
