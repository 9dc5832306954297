import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError } from "../errors/index.ts";
import { errorBody } from "./error-body.ts";
import { encodeModelList, parseModelList } from "./model-list.ts";

test("errorBody() gives a caller's mistake its parameter and tells clients not to retry", () => {
  const answer = errorBody(new CocoonError("request_malformed", { param: "n" }));
  assert.deepEqual(answer, {
    status: 400,
    body: {
      error: {
        message: "The request is not well-formed (param: n)",
        type: "invalid_request_error",
        param: "n",
        code: "request_malformed",
      },
    },
    headers: { "x-should-retry": "false" },
  });
});

test("errorBody() says when to come back where waiting helps", () => {
  assert.deepEqual(errorBody(new CocoonError("queue_full")).headers, {
    "x-should-retry": "true",
    "retry-after": "1",
  });
  const details = { retryAfterMs: 2_500 };
  assert.equal(errorBody(new CocoonError("rate_limited", details)).headers["retry-after"], "3");
  assert.equal(errorBody(new CocoonError("chain_unavailable")).headers["retry-after"], "5");
  assert.deepEqual(errorBody(new CocoonError("peer_unreachable")).headers, {
    "x-should-retry": "true",
  });
});

test("errorBody() says nothing about our own faults and about what is no refusal", () => {
  const stored = errorBody(new CocoonError("storage_failed", { path: "/var/x" }));
  assert.equal(stored.body.error.message, "The node could not store durably");
  const broken = errorBody(new TypeError("secret"));
  assert.equal(broken.status, 500);
  assert.deepEqual(broken.body.error, {
    message: "An internal fault",
    type: "api_error",
    param: null,
    code: "internal",
  });
});

test("parseModelList() reads what encodeModelList() writes and refuses other things", () => {
  const models = [
    { id: "a", created: 1, ownedBy: "me", contextTokens: 512 },
    { id: "b", created: 2, ownedBy: "", contextTokens: undefined },
  ];
  const wire = JSON.parse(JSON.stringify(encodeModelList(models))) as unknown;
  assert.deepEqual(parseModelList(wire, "engine_failed"), models);
  for (const value of [null, {}, { data: {} }, { data: [{}] }]) {
    assert.throws(() => parseModelList(value, "engine_failed"), CocoonError);
  }
});
