import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestPace } from "./request-pace.ts";

/** A clock that stands still; what waits is listed. */
function stillClock() {
  const waits: number[] = [];
  const clock = {
    timeMs: 1_000_000,
    waits,
    nowMs: () => clock.timeMs,
    wait: (durationMs: number) => {
      waits.push(durationMs);
      return Promise.resolve();
    },
  };
  return clock;
}

test("RequestPace refuses a pace that is none", () => {
  for (const pace of [0, -1, Number.NaN]) {
    assert.throws(() => new RequestPace(stillClock(), pace), RangeError);
  }
});

test("turn() spaces requests evenly, and refuses when the line is half a minute long", async () => {
  const clock = stillClock();
  const pace = new RequestPace(clock, 1);
  const turns = await Promise.all(Array.from({ length: 40 }, () => pace.turn()));
  assert.deepEqual(
    clock.waits,
    Array.from({ length: 30 }, (_, index) => 1_000 * (index + 1)),
  );
  assert.equal(turns.filter(Boolean).length, 31);
  clock.timeMs += 1_000;
  assert.equal(await pace.turn(), true);
  assert.equal(await pace.turn(), false);
});

test("turn() does not wait without a limit, after a pause, or for a clock that was set back", async () => {
  const clock = stillClock();
  const free = new RequestPace(clock, Number.POSITIVE_INFINITY);
  await Promise.all(Array.from({ length: 100 }, () => free.turn()));
  const pace = new RequestPace(clock, 10);
  await pace.turn();
  clock.timeMs += 100;
  await pace.turn();
  clock.timeMs -= 3_600_000;
  assert.equal(await pace.turn(), true);
  assert.deepEqual(clock.waits, []);
});
