import assert from "node:assert/strict";
import { test } from "node:test";
import { SequenceGuard } from "./sequence-guard.ts";

const channel = `0:${"11".repeat(32)}`;
const other = `0:${"22".repeat(32)}`;
const replayed = { code: "sealed_replayed" };

test("SequenceGuard takes each number of a channel once, in any order", () => {
  const guard = new SequenceGuard();
  for (const sequence of [5, 0, 3]) guard.take(channel, sequence);
  for (const sequence of [5, 0, 3]) assert.throws(() => guard.take(channel, sequence), replayed);
  guard.take(other, 5);
  guard.take(channel, 4);
});

test("SequenceGuard never takes a number twice, however many came in between", () => {
  const guard = new SequenceGuard();
  for (let sequence = 0; sequence < 20_000; sequence += 1) guard.take(channel, sequence);
  for (const sequence of [0, 1, 9_999, 17_000, 19_999]) {
    assert.throws(() => guard.take(channel, sequence), replayed);
  }
  guard.take(channel, 20_000);
});
