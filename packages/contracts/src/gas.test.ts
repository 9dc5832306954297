import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { measureGas } from "../testing/gas.ts";

let measuring: ReturnType<typeof measureGas> | undefined;
/** At the prices of today, measured once. */
const measureToday = () => (measuring ??= measureGas());

test("gas.json is exactly what the operations cost", async () => {
  const measured = await measureToday();
  const table: unknown = JSON.parse(readFileSync(new URL("../gas.json", import.meta.url), "utf8"));
  assert.deepEqual(table, measured, "run `npm run contracts`");
});

test("what the wrappers attach is enough at the prices of 2025 too, six times today's", async () => {
  const table = await measureGas("2025");
  const today = await measureToday();
  for (const [operation, { gas }] of Object.entries(table.operations)) {
    assert.equal(gas, today.operations[operation]?.gas);
  }
});
