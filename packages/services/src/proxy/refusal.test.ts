import { CocoonError, errorTable, isErrorCode } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalOf, workerRefusalOf } from "./refusal.ts";

test("workerRefusalOf() tells a client what is wrong with its request, as the worker says it", () => {
  for (const code of ["context_too_long", "capability_missing", "request_malformed"] as const) {
    const refusal = new CocoonError(code, { param: "messages" });
    assert.equal(workerRefusalOf(refusal), refusal);
  }
});

test("workerRefusalOf() makes of a worker's private troubles a reason to ask another worker", () => {
  for (const code of ["credit_exhausted", "storage_failed", "internal", "stopping"] as const) {
    const refusal = workerRefusalOf(new CocoonError(code));
    assert.equal(refusal.code, "engine_failed");
    assert.equal(refusal.details["reason"], code);
  }
  assert.equal(workerRefusalOf(new TypeError("a bug")).code, "engine_failed");
});

test("workerRefusalOf() lets no worker speak of the client's money, its own chain, or a cancelling that was none", () => {
  for (const code of Object.keys(errorTable).filter(isErrorCode)) {
    const { row } = workerRefusalOf(new CocoonError(code));
    assert.notEqual(row.type, "insufficient_quota", code);
    assert.notEqual(row.blame, "us", code);
    assert.notEqual(row.status, 499, code);
  }
});

test("refusalOf() says nothing of what is no refusal", () => {
  const refusal = refusalOf(new TypeError("a secret"));
  assert.equal(refusal.code, "internal");
  assert.deepEqual(refusal.details, {});
});
