import { CocoonError } from "../errors/index.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  embeddingTokensBound,
  encodeEmbedding,
  encodeEmbeddingUsage,
  parseEmbeddingRequest,
  readEmbeddingEvent,
} from "./embeddings.ts";

function refusal(request: object): unknown {
  try {
    return parseEmbeddingRequest({ model: "m", input: "a", ...request });
  } catch (error) {
    return error instanceof CocoonError && [error.code, error.details["param"]];
  }
}

test("parseEmbeddingRequest() refuses what it cannot embed, and names the part", () => {
  for (const [request, code, param] of [
    [{ model: "" }, "request_malformed", "model"],
    [{ input: undefined }, "request_malformed", "input"],
    [{ input: [] }, "request_malformed", "input"],
    [{ input: {} }, "request_malformed", "input"],
    [{ input: ["a", ""] }, "request_malformed", "input[1]"],
    [{ input: ["a", 1] }, "request_malformed", "input[1]"],
    [{ input: Array.from({ length: 2_049 }, () => "a") }, "request_malformed", "input"],
    [{ input: [1, 2] }, "capability_missing", "input"],
    [{ input: [[1, 2]] }, "capability_missing", "input"],
    [{ dimensions: 64 }, "capability_missing", "dimensions"],
    [{ encoding_format: "int8" }, "request_malformed", "encoding_format"],
  ] as const) {
    assert.deepEqual(refusal(request), [code, param]);
  }
});

test("parseEmbeddingRequest() reads one text or several", () => {
  assert.deepEqual(refusal({}), { model: "m", inputs: ["a"], encoding: "float" });
  const several = { input: ["a", "b"], encoding_format: "base64" };
  assert.deepEqual(refusal(several), { model: "m", inputs: ["a", "b"], encoding: "base64" });
  assert.ok(embeddingTokensBound(["ab", "é"]) >= 4);
});

test("readEmbeddingEvent() reads what was encoded, and refuses the rest", () => {
  const vector = Float32Array.of(0, 1, -0.5, 1e-30, 3.4e38);
  assert.deepEqual(readEmbeddingEvent(encodeEmbedding(2, vector), "peer_misbehaved"), {
    index: 2,
    vector,
  });
  const usage = encodeEmbeddingUsage({ promptTokens: 3, completionTokens: 0 });
  assert.deepEqual(readEmbeddingEvent(usage, "peer_misbehaved"), {
    usage: { prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 },
  });
  for (const text of ["", "[]", "{}", `{"object":"embedding"}`, `{"object":"embedding.usage"}`]) {
    assert.throws(() => readEmbeddingEvent(text, "peer_misbehaved"), { code: "peer_misbehaved" });
  }
});
