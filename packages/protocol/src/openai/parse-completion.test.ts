import { CocoonError } from "../errors/index.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { needsOf } from "./capability.ts";
import { encodeChatRequest } from "./encode-request.ts";
import { parseCompletionRequest } from "./parse-completion.ts";

const base = { model: "m", prompt: "Once upon" };

test("parseCompletionRequest() refuses what is not one text, and what would change the answer", () => {
  for (const [request, code, param] of [
    [{ prompt: undefined }, "request_malformed", "prompt"],
    [{ prompt: ["a"] }, "request_malformed", "prompt"],
    [{ model: 1 }, "request_malformed", "model"],
    [{ max_tokens: 0 }, "request_malformed", "max_tokens"],
    [{ suffix: "." }, "capability_missing", "suffix"],
    [{ logprobs: 1 }, "capability_missing", "logprobs"],
    [{ echo: true }, "capability_missing", "echo"],
    [{ best_of: 2 }, "capability_missing", "best_of"],
    [{ n: 2 }, "capability_missing", "n"],
  ] as const) {
    assert.throws(
      () => parseCompletionRequest({ ...base, ...request }),
      (error: unknown) =>
        error instanceof CocoonError && error.code === code && error.details["param"] === param,
    );
  }
});

test("parseCompletionRequest() generates as much as OpenAI when nothing is said, and encodes to what it was", () => {
  const request = parseCompletionRequest({ ...base, echo: false, temperature: 1, messages: "no" });
  assert.equal(request.tokensMax, 16);
  assert.equal(request.prompt, "Once upon");
  assert.deepEqual(request.messages, []);
  assert.deepEqual(needsOf(request), [{ capability: "completions", param: "prompt" }]);
  assert.deepEqual(parseCompletionRequest(encodeChatRequest(request)), request);
});
