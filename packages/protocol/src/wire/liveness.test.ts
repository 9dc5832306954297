import assert from "node:assert/strict";
import { test } from "node:test";
import { Liveness } from "./liveness.ts";

test("tick() pings a silent peer once and gives it up when it stays silent", () => {
  const liveness = new Liveness(20_000, 60_000);
  const verdicts = [0, 19_999, 20_000, 40_000, 59_999, 60_000].map((nowMs) => liveness.tick(nowMs));
  assert.deepEqual(verdicts, [undefined, undefined, "ping", undefined, undefined, "dead"]);
});

test("tick() starts anew whenever the peer was heard", () => {
  const liveness = new Liveness(20_000, 60_000);
  liveness.tick(0);
  assert.equal(liveness.tick(25_000), "ping");
  liveness.heard();
  assert.equal(liveness.tick(50_000), undefined);
  assert.equal(liveness.tick(69_999), undefined);
  assert.equal(liveness.tick(70_000), "ping");
});

test("tick() lets the peer answer after our own process stood still", () => {
  const liveness = new Liveness(20_000, 60_000);
  liveness.tick(0);
  assert.equal(liveness.tick(600_000), "ping");
  assert.equal(liveness.tick(605_000), undefined);
  assert.equal(liveness.tick(640_000), "dead");
});
