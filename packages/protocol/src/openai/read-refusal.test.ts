import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError } from "../errors/index.ts";
import { errorBody } from "./error-body.ts";
import { readRefusal } from "./read-refusal.ts";

test("readRefusal() takes anything but a refusal of ours for a stranger's, and says nothing of its text", () => {
  const strange = [
    "",
    "{",
    "null",
    "[]",
    "{}",
    '{"error":"secret"}',
    '{"error":{"code":"secret"}}',
  ];
  for (const text of strange) {
    const { code, details } = readRefusal(502, text);
    assert.deepEqual([code, details], ["peer_misbehaved", { status: 502 }], text);
  }
});

test("readRefusal() reads what errorBody() wrote", () => {
  const refusal = new CocoonError("model_unknown", { param: "model" });
  const read = readRefusal(404, JSON.stringify(errorBody(refusal).body));
  assert.deepEqual([read.code, read.details], [refusal.code, refusal.details]);
  const bare = readRefusal(500, JSON.stringify(errorBody(new CocoonError("internal")).body));
  assert.deepEqual([bare.code, bare.details], ["internal", {}]);
});
