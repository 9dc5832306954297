import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { nanotons } from "@cocoon/protocol";
import { AnchorBudget } from "./anchor-budget.ts";

const dayMs = 86_400_000;
let lt = 0n;

function spend(budget: AnchorBudget, fee: bigint, nowMs: number): void {
  lt += 1n;
  budget.count([{ lt, feeNanotons: nanotons(fee) }], nowMs);
}

/** Anchors as often as the budget allows, looking every few seconds; returns what it spent. */
function spendOver(budget: AnchorBudget, days: number, fee: () => bigint): bigint {
  let spent = 0n;
  for (let nowMs = 0; nowMs < days * dayMs; nowMs += 10_000) {
    if (!budget.allows(nowMs)) continue;
    const paid = fee();
    spend(budget, paid, nowMs);
    spent += paid;
  }
  return spent;
}

test("AnchorBudget allows one anchor at once, and the next when it is paid for", () => {
  const budget = new AnchorBudget(nanotons(24n * 700_000n), 0);
  assert.ok(budget.allows(0));
  spend(budget, 700_000n, 0);
  assert.ok(!budget.allows(0));
  assert.ok(!budget.allows(3_599_000));
  assert.ok(budget.allows(3_600_000));
});

test("AnchorBudget saves for a while, not for ever", () => {
  const budget = new AnchorBudget(nanotons(24n * 700_000n), 0);
  const later = 30 * dayMs;
  let anchors = 0;
  for (; budget.allows(later); anchors += 1) spend(budget, 700_000n, later);
  assert.equal(anchors, 10);
});

test("AnchorBudget never spends more than the budget and what it started with, whatever anchors cost", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 9n), fc.bigInt(1n, 2_000_000n), (perDay, fee) => {
      const spent = spendOver(new AnchorBudget(nanotons(perDay), 0), 3, () => fee);
      assert.ok(spent <= 3n * perDay + 700_000n + fee);
    }),
    { numRuns: 20 },
  );
});

test("AnchorBudget spends a budget that allows it, within a hundredth", () => {
  const perDay = nanotons(500_000_000n);
  const spent = spendOver(new AnchorBudget(perDay, 0), 2, () => 650_000n);
  assert.ok(spent >= (2n * perDay * 99n) / 100n);
});

test("AnchorBudget takes an anchor out once, however often it is told of it", () => {
  const budget = new AnchorBudget(nanotons(24n * 700_000n), 0);
  const anchors = [7n, 9n].map((at) => ({ lt: at, feeNanotons: nanotons(700_000n) }));
  for (let told = 0; told < 3; told += 1) budget.count(anchors, 0);
  assert.equal(budget.countedLt, 9n);
  assert.ok(!budget.allows(2 * 3_600_000 - 1));
  assert.ok(budget.allows(2 * 3_600_000));
});

test("AnchorBudget earns nothing by a start: it has what came in since the last anchor", () => {
  const perDay = nanotons(24n * 700_000n);
  const last = { lt: 5n, atMs: dayMs };
  const budget = new AnchorBudget(perDay, dayMs + 3_599_000, last);
  assert.ok(!budget.allows(dayMs + 3_599_000));
  assert.ok(budget.allows(dayMs + 3_600_000));
  budget.count([{ lt: 5n, feeNanotons: nanotons(700_000n) }], dayMs + 3_600_000);
  assert.ok(budget.allows(dayMs + 3_600_000));
});
