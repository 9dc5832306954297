import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { utf8 } from "../bytes/index.ts";
import { encodeRefusal, readRefusal } from "./refusal.ts";

test("readRefusal() takes anything that is no refusal as peer_misbehaved and never throws", () => {
  for (const text of ["", "null", "[]", "{", '{"code":1}', '{"code":"nonsense"}', '"queue_full"']) {
    assert.equal(readRefusal(utf8(text)).code, "peer_misbehaved", text);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assert.equal(readRefusal(bytes).code, "peer_misbehaved");
    }),
    { numRuns: 50 },
  );
  assert.equal(readRefusal(new Uint8Array(3_000)).code, "peer_misbehaved");
});

test("readRefusal() keeps only details that are short and plain", () => {
  const details = {
    reason: "no room",
    count: 3,
    isFinal: true,
    nested: { a: 1 },
    escape: "\u001b[2J",
    long: "x".repeat(201),
    "bad name": 1,
    __proto__x: 1,
    nothing: null,
  };
  const refusal = readRefusal(utf8(JSON.stringify({ code: "queue_full", details })));
  assert.equal(refusal.code, "queue_full");
  assert.deepEqual(refusal.details, { reason: "no room", count: 3, isFinal: true });
  assert.deepEqual(readRefusal(utf8('{"code":"no_worker","details":[1]}')).details, {});
});

test("encodeRefusal() and readRefusal() carry a code and its details", () => {
  const refusal = readRefusal(encodeRefusal("context_too_long", { tokensMax: 512 }));
  assert.equal(refusal.code, "context_too_long");
  assert.deepEqual(refusal.details, { tokensMax: 512 });
});

test("encodeRefusal() leaves details out rather than grow past the limit", () => {
  const details = Object.fromEntries(
    Array.from({ length: 16 }, (_, index) => [`field${index}`, "x".repeat(200)]),
  );
  assert.deepEqual(readRefusal(encodeRefusal("internal", details)).details, {});
});
