import assert from "node:assert/strict";
import { test } from "node:test";
import { nowMs } from "./fixture.test.ts";
import { ExecutedRequests } from "./executed-requests.ts";

const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);

test("ExecutedRequests.add() refuses an id a second time until it has expired", () => {
  const executed = new ExecutedRequests();
  executed.add(id(1), nowMs + 10, nowMs);
  assert.throws(() => executed.add(id(1), nowMs + 10, nowMs), { code: "sealed_replayed" });
  assert.throws(() => executed.add(id(1), nowMs + 20, nowMs + 10), { code: "sealed_replayed" });
  assert.throws(() => executed.requireNew(id(1), nowMs + 10, nowMs), { code: "sealed_replayed" });
});

test("ExecutedRequests.add() refuses a new id when full rather than forget one early", () => {
  const executed = new ExecutedRequests(2);
  executed.add(id(1), nowMs + 10, nowMs);
  executed.add(id(2), nowMs + 20, nowMs);
  assert.throws(() => executed.add(id(3), nowMs + 30, nowMs + 10), { code: "queue_full" });
  assert.throws(() => executed.requireNew(id(3), nowMs + 30, nowMs), { code: "queue_full" });
  executed.add(id(3), nowMs + 30, nowMs + 11);
  assert.equal(executed.count, 2);
  assert.throws(() => executed.add(id(2), nowMs + 20, nowMs + 11), { code: "sealed_replayed" });
});

test("ExecutedRequests.add() refuses what it may have forgotten when the clock is set back", () => {
  const executed = new ExecutedRequests();
  executed.add(id(1), nowMs + 10, nowMs);
  executed.add(id(2), nowMs + 100, nowMs + 50);
  assert.equal(executed.count, 1);
  assert.throws(() => executed.add(id(1), nowMs + 10, nowMs), { code: "sealed_expired" });
});

test("ExecutedRequests keeps no more than the requests that could still be replayed", () => {
  const executed = new ExecutedRequests();
  for (let step = 0; step < 5_000; step += 1) {
    const bytes = id(0);
    new DataView(bytes.buffer).setUint32(0, step);
    executed.add(bytes, nowMs + step * 10 + 600, nowMs + step * 10);
  }
  assert.ok(executed.count <= 61);
});
