import type { EarningsRow } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { earningsCsv, earningsPerDay } from "./earnings-csv.ts";

const row: EarningsRow = {
  day: "2026-11-28",
  model: "a",
  answers: 2,
  promptTokens: 3,
  cachedTokens: 1,
  completionTokens: 4,
  earnedNanotons: "1500000000",
  pendingNanotons: "0",
  lostNanotons: "1",
};

test("earningsCsv() lets no model's name become a formula or another column", () => {
  const csv = earningsCsv([{ ...row, model: '=1+1,"' }]);
  assert.equal(csv.split("\r\n")[1], `2026-11-28,"'=1+1,""",2,3,1,4,1.5,0,0.000000001`);
});

test("earningsPerDay() adds up all models of a day, and has the days in order", () => {
  const rows = [row, { ...row, model: "b" }, { ...row, day: "2026-11-27" }];
  assert.deepEqual(earningsPerDay(rows), [
    { day: "2026-11-27", earned: 1_500_000_000n },
    { day: "2026-11-28", earned: 3_000_000_000n },
  ]);
});
