import type { EarningsRow } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { forecastOf } from "./forecast.ts";

const nowMs = Date.parse("2026-11-28T13:00:00Z");

/** So many nanotons on the day that was so many days ago. */
function row(daysAgo: number, earned: number, model = "a"): EarningsRow {
  return {
    day: new Date(nowMs - daysAgo * 86_400_000).toISOString().slice(0, 10),
    model,
    answers: 1,
    promptTokens: 1,
    cachedTokens: 0,
    completionTokens: 1,
    earnedNanotons: String(earned),
    pendingNanotons: "0",
    lostNanotons: "0",
  };
}

test("forecastOf() says how many days there are while they are too few, and does not count today", () => {
  assert.equal(forecastOf([], nowMs), 0);
  assert.equal(forecastOf([row(0, 5)], nowMs), 0);
  assert.equal(forecastOf([row(6, 5), row(0, 5)], nowMs), 6);
});

test("forecastOf() has no band where every day was the same, all models together", () => {
  const days = Array.from({ length: 9 }, (_, index) => [
    row(index + 1, 60),
    row(index + 1, 40, "b"),
  ]);
  assert.deepEqual(forecastOf([...days.flat(), row(0, 9_999)], nowMs), {
    days: 9,
    likely: 700n,
    low: 700n,
    high: 700n,
  });
});

test("forecastOf() counts days without earnings, looks back four weeks, and never goes below nothing", () => {
  const forecast = forecastOf([row(40, 1_000_000), row(28, 2_800)], nowMs);
  assert.ok(typeof forecast === "object");
  assert.equal(forecast.days, 28);
  assert.equal(forecast.likely, 700n);
  assert.equal(forecast.low, 0n);
  // The deviation of 2,800 once in 28 days is 529.15; of seven such days 1,400, of which 1.2816 times.
  assert.equal(forecast.high, 700n + 1_794n);
});
