import assert from "node:assert/strict";
import { test } from "node:test";
import { Liveness } from "./liveness.ts";

type Verdict = ReturnType<Liveness["tick"]>;

function ticks(liveness: Liveness, ...timesMs: readonly number[]): Verdict[] {
  return timesMs.map((nowMs) => liveness.tick(nowMs));
}

test("tick() pings a silent peer once and gives it up when it stays silent", () => {
  const verdicts = ticks(new Liveness(), 0, 19_999, 20_000, 40_000, 59_999, 60_000, 61_000);
  assert.deepEqual(verdicts, [
    undefined,
    undefined,
    "ping",
    undefined,
    undefined,
    undefined,
    "dead",
  ]);
});

test("tick() gives a peer up within seconds that says nothing to what was said", () => {
  const liveness = new Liveness();
  liveness.said();
  liveness.heard();
  assert.deepEqual(ticks(liveness, 0, 4_000), [undefined, undefined]);
  liveness.said();
  assert.deepEqual(ticks(liveness, 5_000, 14_999, 15_000), ["ping", undefined, undefined]);
  assert.equal(liveness.tick(16_000), "dead");
});

test("tick() starts anew whenever the peer was heard", () => {
  const liveness = new Liveness();
  liveness.tick(0);
  assert.equal(liveness.tick(25_000), "ping");
  liveness.heard();
  assert.deepEqual(ticks(liveness, 50_000, 69_999, 70_000), [undefined, undefined, "ping"]);
});

test("tick() lets the peer answer after our own process stood still", () => {
  const liveness = new Liveness();
  liveness.tick(0);
  assert.deepEqual(ticks(liveness, 600_000, 605_000), ["ping", undefined]);
  // Stopped again: what came in between is read only after this tick.
  assert.equal(liveness.tick(900_000), undefined);
  liveness.heard();
  assert.equal(liveness.tick(901_000), undefined);
});
