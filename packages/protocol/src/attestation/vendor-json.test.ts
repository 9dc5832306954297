import assert from "node:assert/strict";
import { test } from "node:test";
import { parseVendorJson, readEdition } from "./vendor-json.ts";

const edition = {
  issueDate: "2026-02-28T00:00:00Z",
  nextUpdate: "2026-03-30T23:59:59Z",
  tcbEvaluationDataNumber: 21,
};

test("readEdition() reads times to the second", () => {
  assert.deepEqual(readEdition(parseVendorJson(JSON.stringify(edition))), {
    issuedAtMs: Date.UTC(2026, 1, 28),
    nextUpdateMs: Date.UTC(2026, 2, 30, 23, 59, 59),
    evaluationNumber: 21,
  });
});

test("readEdition() refuses dates that do not exist, and other spellings", () => {
  for (const nextUpdate of [
    "2026-02-30T00:00:00Z",
    "2027-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-03-01T24:00:00Z",
    "2026-03-01T00:00:00.000Z",
    "2026-03-01T00:00:00+00:00",
  ]) {
    const json = parseVendorJson(JSON.stringify({ ...edition, nextUpdate }));
    assert.throws(() => readEdition(json), { code: "collateral_invalid" }, nextUpdate);
  }
});
