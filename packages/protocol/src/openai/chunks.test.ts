import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { CocoonError } from "../errors/index.ts";
import { aggregateChunks } from "./aggregate-chunks.ts";
import { ChunkWriter, isUsageChunk } from "./chunks.ts";
import { parseChunk, parseUsage } from "./parse-chunk.ts";

const writer = new ChunkWriter({ id: "chatcmpl-1", created: 1_700_000_000, model: "m" });
const usage = { promptTokens: 5, cachedTokens: 2, completionTokens: 3 };

test("aggregateChunks() joins the pieces of an answer and keeps its usage", () => {
  const completion = aggregateChunks([
    writer.opening(),
    writer.delta({ content: "Hel" }, [{ token: "Hel", logprob: -0.1 }]),
    writer.delta({ content: "lo" }, [{ token: "lo", logprob: -0.2 }]),
    writer.finish("length"),
    writer.usage(usage),
  ]);
  assert.deepEqual(completion, {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "m",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hello", refusal: null },
        logprobs: {
          content: [
            { token: "Hel", logprob: -0.1 },
            { token: "lo", logprob: -0.2 },
          ],
        },
        finish_reason: "length",
      },
    ],
    usage: {
      prompt_tokens: 5,
      completion_tokens: 3,
      total_tokens: 8,
      prompt_tokens_details: { cached_tokens: 2 },
    },
  });
});

test("aggregateChunks() joins tool calls by their index", () => {
  const completion = aggregateChunks([
    writer.delta({ tool_calls: [{ index: 1, id: "b", function: { name: "g", arguments: "{" } }] }),
    writer.delta({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }] }),
    writer.delta({ tool_calls: [{ index: 1, function: { arguments: "}" } }] }),
    writer.finish("tool_calls"),
  ]);
  assert.equal(completion.choices[0]?.message.content, null);
  assert.deepEqual(completion.choices[0]?.message.tool_calls, [
    { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
    { id: "b", type: "function", function: { name: "g", arguments: "{}" } },
  ]);
});

test("aggregateChunks() gives an empty answer an empty content", () => {
  const completion = aggregateChunks([writer.opening(), writer.finish("stop")]);
  assert.equal(completion.choices[0]?.message.content, "");
});

for (const [name, chunks] of [
  ["no chunk", []],
  ["only a usage chunk", [writer.usage(usage)]],
  ["no finish reason", [writer.opening(), writer.delta({ content: "x" })]],
] as const) {
  test(`aggregateChunks() refuses ${name}`, () => {
    assert.throws(
      () => aggregateChunks(chunks),
      (thrown) => thrown instanceof CocoonError && thrown.code === "peer_misbehaved",
    );
  });
}

test("isUsageChunk() knows the chunk that only include_usage asks for", () => {
  assert.equal(isUsageChunk(writer.usage(usage)), true);
  assert.equal(isUsageChunk(writer.finish("stop")), false);
});

test("parseChunk() reads what ChunkWriter writes, unchanged", () => {
  for (const chunk of [
    writer.opening(),
    writer.delta({ content: "x", reasoning_content: "hm" }, [{ token: "x" }]),
    writer.delta({
      tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f" } }],
    }),
    writer.finish("tool_calls"),
    writer.usage(usage),
  ]) {
    const wire = JSON.parse(JSON.stringify(chunk)) as unknown;
    assert.deepEqual(parseChunk(wire, "engine_failed"), chunk);
  }
});

test("parseChunk() takes what backends leave out and drops what they add", () => {
  const chunk = parseChunk(
    {
      choices: [{ delta: { content: null, reasoning: "hm", secret: 1 }, finish_reason: "eos" }],
      usage: null,
      timings: {},
    },
    "engine_failed",
  );
  assert.deepEqual(chunk, {
    id: "",
    object: "chat.completion.chunk",
    created: 0,
    model: "",
    choices: [{ index: 0, delta: { reasoning_content: "hm" }, finish_reason: "stop" }],
  });
});

test("parseChunk() takes no answer for whole that its engine gave up", () => {
  for (const finish_reason of ["abort", "error", "load", "unload", ""]) {
    const chunk = { choices: [{ delta: {}, finish_reason }] };
    assert.throws(() => parseChunk(chunk, "engine_failed"), { code: "engine_failed" });
  }
});

test("parseChunk() throws the caller's code and nothing else", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 4 }), (choice, counts) => {
      try {
        parseChunk({ choices: [choice], usage: counts }, "engine_failed");
      } catch (thrown) {
        assert.ok(thrown instanceof CocoonError && thrown.code === "engine_failed", String(thrown));
      }
    }),
    { numRuns: 200 },
  );
});

test("parseUsage() keeps a missing or impossible detail unknown, never zero", () => {
  const counts = { prompt_tokens: 5, completion_tokens: 3 };
  const plain = { promptTokens: 5, completionTokens: 3 };
  assert.deepEqual(parseUsage(counts), plain);
  assert.deepEqual(parseUsage({ ...counts, prompt_tokens_details: null }), plain);
  assert.deepEqual(parseUsage({ ...counts, prompt_tokens_details: { cached_tokens: 6 } }), plain);
  assert.deepEqual(parseUsage({ ...counts, prompt_tokens_details: { cached_tokens: 0 } }), {
    ...plain,
    cachedTokens: 0,
  });
  assert.deepEqual(parseUsage({ ...counts, reasoning_tokens: 2 }), {
    ...plain,
    reasoningTokens: 2,
  });
});

test("parseUsage() gives undefined for counts that are no counts", () => {
  for (const value of [
    null,
    [],
    {},
    { prompt_tokens: 5 },
    { prompt_tokens: -1, completion_tokens: 1 },
    { prompt_tokens: 1.5, completion_tokens: 1 },
    { prompt_tokens: 1, completion_tokens: 2 ** 32 },
  ]) {
    assert.equal(parseUsage(value), undefined);
  }
});
