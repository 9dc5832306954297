// Proof files changed at random, the same in every run: each is refused by the checks that the changed part belongs to, and
// by no other; and no honest file is refused. COCOON_PROOFS sets how many of each, COCOON_PROOFS_SEED which; 100,000 take
// half an hour of processor time.

import assert from "node:assert/strict";
import { before, suite, test } from "node:test";
import { CocoonError } from "@cocoon/protocol";
import { parseProofFile, type Verdict, verifyProofFile } from "@cocoon/sdk";
import { createWorker, place, profiles } from "./answers.ts";
import { misjudgement } from "./belongings.ts";
import { type Chance, chanceOf } from "./chance.ts";
import { honestFiles, type Worker, witnesses } from "./honest.ts";
import { mutate } from "./mutate.ts";
import { leavesOf, unproven } from "./tamper.ts";

const wanted = process.env["COCOON_PROOFS"];
const honestCount = Number(wanted ?? 200);
const changedCount = Number(wanted ?? 1_500);
const seed = Number(process.env["COCOON_PROOFS_SEED"] ?? 1);
/** Files that are changed come from this many logs. */
const logs = 20;

function verify(text: string): Promise<Verdict> {
  const file = parseProofFile(text);
  return verifyProofFile(file, {
    profiles,
    nowMs: place.nowMs + 120_000,
    ...(file.log.proof && { witnesses }),
  });
}

const sayingsOf = (text: string) =>
  new Map(leavesOf(text).map(({ path, value }) => [path.join("."), value]));

/** Where a changed file says something else; marked where it says what the other file does. */
function differences(original: string, changed: string, other: string): readonly string[] {
  const [first, second, theirs] = [sayingsOf(original), sayingsOf(changed), sayingsOf(other)];
  const names = new Set([...first.keys(), ...second.keys()]);
  return [...names]
    .filter((name) => first.get(name) !== second.get(name))
    .map((name) =>
      second.has(name) && second.get(name) === theirs.get(name) ? `${name}=other` : name,
    );
}

type Outcome =
  | "refused by the reader"
  | "refused by its checks"
  | "says the same"
  | "only on chain";

/** Throws where a changed file is not refused as it must be, or one that says the same is. */
async function outcomeOf(original: string, changed: string, other: string): Promise<Outcome> {
  let verdict: Verdict;
  try {
    verdict = await verify(changed);
  } catch (error) {
    assert.ok(error instanceof CocoonError && error.code === "proof_malformed", String(error));
    return "refused by the reader";
  }
  const paths = differences(original, changed, other);
  if (paths.length === 0) {
    assert.equal(verdict.holds, true);
    return "says the same";
  }
  if (verdict.holds) {
    const isLeftToChain = (path: string) =>
      unproven.test(path) || (path === "log.bond" && verdict.state === "signed");
    const stray = paths.find((path) => !isLeftToChain(path.replace("=other", "")));
    assert.equal(stray, undefined, "it holds");
    return "only on chain";
  }
  assert.equal(misjudgement(verdict, paths), undefined, JSON.stringify(verdict.checks));
  return "refused by its checks";
}

/** The same file, as somebody else's JSON library writes it. */
function respaced(text: string, chance: Chance): string {
  const compact = JSON.stringify(JSON.parse(text));
  const indented = JSON.stringify(JSON.parse(text), undefined, 1 + chance.below(8));
  return chance.pick([
    text,
    compact,
    indented,
    indented.replaceAll("\n", "\r\n"),
    `\n\t ${compact} `,
  ]);
}

suite("proof files in any number", () => {
  let workers: readonly Worker[];

  before(async () => {
    workers = await Promise.all([0x31, 0x32, 0x33].map((byte) => createWorker(place, byte)));
  });

  test("that are honest hold, however they are spaced", async () => {
    const chance = chanceOf(seed);
    for (let done = 0; done < honestCount;) {
      for (const text of honestFiles(place, workers, chance).slice(0, honestCount - done)) {
        const verdict = await verify(respaced(text, chance));
        assert.equal(verdict.holds, true, JSON.stringify(verdict.checks));
        done += 1;
      }
    }
  });

  test("that are changed are refused, each by the checks of the changed part", async (context) => {
    const chance = chanceOf(-seed);
    const files = Array.from({ length: logs }, () => honestFiles(place, workers, chance, 12))
      .flat()
      .map((text) => JSON.stringify(JSON.parse(text)));
    const seen = new Map<Outcome, number>();
    const refused = () =>
      (seen.get("refused by the reader") ?? 0) + (seen.get("refused by its checks") ?? 0);
    while (refused() < changedCount) {
      const [text, other] = [chance.pick(files), chance.pick(files)];
      const outcome = await outcomeOf(text, mutate(text, other, chance), other);
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    }
    context.diagnostic([...seen].map(([outcome, times]) => `${times} ${outcome}`).join(", "));
    assert.ok((seen.get("refused by its checks") ?? 0) > changedCount / 3);
  });
});
