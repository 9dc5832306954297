import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError, nanotons } from "@cocoon/protocol";
import { type Candidate, pickWorkers, type Wish } from "./pick-worker.ts";

const base: Candidate = {
  worker: "a",
  tier: "dev",
  promptPerMillion: nanotons(50n),
  completionPerMillion: nanotons(200n),
  active: 0,
  slots: 4,
  tokensPerSecond: 100,
  suspectUntilMs: 0,
  expiresAtMs: 2_000,
  capabilities: ["tools", "logprobs"],
};
const wish: Wish = {
  tier: "dev",
  promptPerMillionMax: nanotons(1_000n),
  completionPerMillionMax: nanotons(1_000n),
  excluded: [],
  capabilities: [],
  countMax: 1,
  nowMs: 1_000,
};

function pickWorker(
  candidates: readonly Candidate[],
  asked: Wish,
  random: () => number,
): Candidate {
  const [picked] = pickWorkers(candidates, asked, random);
  assert.ok(picked !== undefined);
  return picked;
}

/** A small linear congruential generator: the same choices in every run. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function refusal(candidates: readonly Candidate[], changed: Partial<Wish>): string {
  try {
    pickWorker(candidates, { ...wish, ...changed }, () => 0);
  } catch (error) {
    if (error instanceof CocoonError) return error.code;
  }
  return "accepted";
}

test("pickWorker() says why nobody fits", () => {
  assert.equal(refusal([], {}), "no_worker");
  assert.equal(refusal([base], { tier: "confidential" }), "no_worker");
  assert.equal(refusal([base], { excluded: ["a"] }), "no_worker");
  assert.equal(refusal([base], { completionPerMillionMax: nanotons(199n) }), "price_above_cap");
  assert.equal(refusal([base], { promptPerMillionMax: nanotons(49n) }), "price_above_cap");
  assert.equal(refusal([{ ...base, active: 8 }], {}), "queue_full");
  assert.equal(refusal([{ ...base, expiresAtMs: 1_000 }], {}), "no_worker");
});

test("pickWorker() names the capability that is missing, and not where a capable worker only failed", () => {
  const missing = (candidates: readonly Candidate[], capabilities: string[]): unknown => {
    try {
      return pickWorker(candidates, { ...wish, capabilities }, () => 0).worker;
    } catch (error) {
      return error instanceof CocoonError && [error.code, error.details["capability"]];
    }
  };
  const images = { ...base, worker: "b", capabilities: ["images"] };
  assert.deepEqual(missing([base], ["tools", "images"]), ["capability_missing", "images"]);
  assert.deepEqual(missing([base, images], ["tools", "images"]), ["capability_missing", "images"]);
  assert.equal(missing([base, images], ["images"]), "b");
  assert.equal(refusal([base, images], { capabilities: ["images"], excluded: ["b"] }), "no_worker");
  assert.equal(refusal([base, images], { worker: "c" }), "no_worker");
  assert.equal(pickWorker([base, images], { ...wish, worker: "b" }, () => 0).worker, "b");
});

test("pickWorker() takes the only one that fits", () => {
  assert.equal(pickWorker([base], wish, () => 0.999).worker, "a");
});

test("pickWorker() takes one that just failed only when nobody else is free", () => {
  const failed = { ...base, worker: "b", tokensPerSecond: 1_000, suspectUntilMs: 1_001 };
  assert.equal(pickWorker([base, failed], wish, () => 0).worker, "a");
  assert.equal(pickWorker([{ ...base, active: 8 }, failed], wish, () => 0).worker, "b");
  assert.equal(pickWorker([failed], wish, () => 0.5).worker, "b");
});

test("pickWorker() prefers the less loaded, the faster and the cheaper", () => {
  const pick = (other: Partial<Candidate>, first: Partial<Candidate> = {}) =>
    pickWorker(
      [
        { ...base, ...first },
        { ...base, worker: "b", ...other },
      ],
      wish,
      () => 0.5,
    ).worker;
  assert.equal(pick({ active: 2 }), "a");
  assert.equal(pick({ tokensPerSecond: 300 }), "b");
  assert.equal(pick({ completionPerMillion: nanotons(100n) }), "b");
  assert.equal(pick({ completionPerMillion: nanotons(0n), active: 7 }), "a");
  assert.equal(pick({ tokensPerSecond: 40 }, { active: 6 }), "b", "slower, and sooner");
});

/** How often each of a crowd is picked. */
function picksOf(crowd: readonly Candidate[], asked: Wish, count: number): Map<string, number> {
  const random = seededRandom(7);
  const picks = new Map(crowd.map(({ worker }) => [worker, 0]));
  for (let request = 0; request < count; request += 1) {
    const { worker } = pickWorker(crowd, asked, random);
    picks.set(worker, (picks.get(worker) ?? 0) + 1);
  }
  return picks;
}

test("pickWorker() spreads requests evenly, and of a slow one only sees now and then how it does", () => {
  const crowd = Array.from({ length: 5 }, (_, index) => {
    return { ...base, worker: String(index), tokensPerSecond: index === 0 ? 20 : 100 };
  });
  const picks = picksOf(crowd, wish, 5_000);
  const slow = picks.get("0") ?? 0;
  assert.ok(slow > 0 && slow < 100, `${slow} picks of the slow one`);
  for (const worker of ["1", "2", "3", "4"]) assert.ok((picks.get(worker) ?? 0) > 800);
});

test("pickWorker() gives an idle newcomer with one slot as much as idle workers with many", () => {
  const crowd = [
    base,
    { ...base, worker: "b" },
    { ...base, worker: "new", slots: 1, tokensPerSecond: undefined },
  ];
  const picks = picksOf(crowd, wish, 3_000);
  for (const worker of ["a", "b", "new"]) assert.ok((picks.get(worker) ?? 0) > 800, worker);
});

test("pickWorker() finds in a crowd of 1,000 the few that fit, and each of many", () => {
  const crowd = Array.from({ length: 1_000 }, (_, index) => {
    const capabilities = index < 3 ? ["images"] : [];
    return {
      ...base,
      worker: String(index),
      suspectUntilMs: index === 9 ? 2_000 : 0,
      capabilities,
    };
  });
  const picks = picksOf(crowd, { ...wish, capabilities: ["images"] }, 100);
  assert.deepEqual(
    [...picks.keys()].filter((worker) => picks.get(worker)),
    ["0", "1", "2"],
  );
  const many = picksOf(crowd, { ...wish, excluded: ["8"] }, 20_000);
  assert.deepEqual(
    [...many.keys()].filter((worker) => !many.get(worker)),
    ["8", "9"],
  );
});

test("pickWorkers() gives others that stand by: distinct, within the wish, trusted ones first", () => {
  const crowd: readonly Candidate[] = [
    { ...base, worker: "a" },
    { ...base, worker: "b", suspectUntilMs: 1_001 },
    { ...base, worker: "c" },
    { ...base, worker: "d", active: 8 },
    { ...base, worker: "e", promptPerMillion: nanotons(1_001n) },
    { ...base, worker: "f" },
  ];
  const random = seededRandom(3);
  for (let count = 0; count < 50; count += 1) {
    const four = pickWorkers(crowd, { ...wish, excluded: ["f"], countMax: 4 }, random);
    assert.deepEqual(four.map(({ worker }) => worker).toSorted(), ["a", "b", "c"]);
    assert.equal(four.at(-1)?.worker, "b");
  }
  assert.equal(pickWorkers(crowd, { ...wish, countMax: 2 }, random).length, 2);
});
