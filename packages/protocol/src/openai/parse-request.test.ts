import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { encodeChatRequest } from "./encode-request.ts";
import { decodeChatRequest, parseChatRequest } from "./parse-request.ts";

const messages = [{ role: "user", content: "hello" }];
const tool = { type: "function", function: { name: "f" } };

function refusal(value: unknown): readonly [string, unknown] {
  try {
    parseChatRequest(value);
  } catch (thrown) {
    assert.ok(thrown instanceof CocoonError, String(thrown));
    return [thrown.code, thrown.details["param"]];
  }
  throw new Error("it was accepted");
}

const deep = JSON.parse(`${'{"a":'.repeat(100)}{}${"}".repeat(100)}`) as unknown;

const malformed: ReadonlyArray<readonly [unknown, string]> = [
  [{}, "model"],
  [{ model: "m" }, "messages"],
  [{ model: "", messages }, "model"],
  [{ model: 7, messages }, "model"],
  [{ model: "m".repeat(257), messages }, "model"],
  [{ model: "m", messages: [] }, "messages"],
  [{ model: "m", messages: {} }, "messages"],
  [{ model: "m", messages: ["hello"] }, "messages[0]"],
  [{ model: "m", messages: [{ content: "x" }] }, "messages[0].role"],
  [{ model: "m", messages: [{ role: "pope", content: "x" }] }, "messages[0].role"],
  [{ model: "m", messages: [...messages, { role: "user" }] }, "messages[1].content"],
  [{ model: "m", messages: [{ role: "user", content: 3 }] }, "messages[0].content"],
  [{ model: "m", messages: [{ role: "user", content: [] }] }, "messages[0].content"],
  [{ model: "m", messages: [{ role: "user", content: [{}] }] }, "messages[0].content[0].type"],
  [
    { model: "m", messages: [{ role: "user", content: [{ type: "text" }] }] },
    "messages[0].content[0].text",
  ],
  [
    { model: "m", messages: [{ role: "user", content: [{ type: "smell" }] }] },
    "messages[0].content[0].type",
  ],
  [
    { model: "m", messages: [{ role: "user", content: [{ type: "image_url" }] }] },
    "messages[0].content[0].image_url",
  ],
  [{ model: "m", messages: [{ role: "assistant" }] }, "messages[0].content"],
  [
    { model: "m", messages: [{ role: "assistant", tool_calls: [{ id: "c" }] }] },
    "messages[0].tool_calls[0].function",
  ],
  [{ model: "m", messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id"],
  [{ model: "m", messages, temperature: "1" }, "temperature"],
  [{ model: "m", messages, temperature: 2.1 }, "temperature"],
  [{ model: "m", messages, temperature: Number.NaN }, "temperature"],
  [{ model: "m", messages, top_p: -0.1 }, "top_p"],
  [{ model: "m", messages, max_tokens: 0 }, "max_tokens"],
  [{ model: "m", messages, max_completion_tokens: 1.5 }, "max_completion_tokens"],
  [{ model: "m", messages, n: 0 }, "n"],
  [{ model: "m", messages, n: "1" }, "n"],
  [{ model: "m", messages, seed: 0.5 }, "seed"],
  [{ model: "m", messages, stop: ["a", "b", "c", "d", "e"] }, "stop"],
  [{ model: "m", messages, stop: "" }, "stop[0]"],
  [{ model: "m", messages, stop: ["a", 1] }, "stop[1]"],
  [{ model: "m", messages, stop: 5 }, "stop"],
  [{ model: "m", messages, stream: "yes" }, "stream"],
  [{ model: "m", messages, stream_options: {} }, "stream_options"],
  [
    { model: "m", messages, stream: true, stream_options: { include_usage: 1 } },
    "stream_options.include_usage",
  ],
  [{ model: "m", messages, top_logprobs: 2 }, "top_logprobs"],
  [{ model: "m", messages, logprobs: true, top_logprobs: 21 }, "top_logprobs"],
  [{ model: "m", messages, presence_penalty: 3 }, "presence_penalty"],
  [{ model: "m", messages, user: 1 }, "user"],
  [{ model: "m", messages, response_format: "json" }, "response_format"],
  [{ model: "m", messages, response_format: { type: "xml" } }, "response_format.type"],
  [
    { model: "m", messages, response_format: { type: "json_schema" } },
    "response_format.json_schema",
  ],
  [
    { model: "m", messages, response_format: { type: "json_schema", json_schema: { name: "x" } } },
    "response_format.json_schema.schema",
  ],
  [
    {
      model: "m",
      messages,
      response_format: { type: "json_schema", json_schema: { name: "x y", schema: {} } },
    },
    "response_format.json_schema.name",
  ],
  [
    {
      model: "m",
      messages,
      response_format: { type: "json_schema", json_schema: { name: "x", schema: deep } },
    },
    "response_format.json_schema.schema",
  ],
  [{ model: "m", messages, tools: [{ type: "function" }] }, "tools[0].function"],
  [{ model: "m", messages, tools: [tool, tool] }, "tools"],
  [
    {
      model: "m",
      messages,
      tools: [{ type: "function", function: { name: "f", parameters: deep } }],
    },
    "tools[0].function.parameters",
  ],
  [{ model: "m", messages, tool_choice: "required" }, "tool_choice"],
  [{ model: "m", messages, tools: [tool], tool_choice: "maybe" }, "tool_choice"],
  [
    {
      model: "m",
      messages,
      tools: [tool],
      tool_choice: { type: "function", function: { name: "g" } },
    },
    "tool_choice",
  ],
];

const unserved: ReadonlyArray<readonly [unknown, string]> = [
  [{ model: "m", messages, n: 2 }, "n"],
  [{ model: "m", messages, audio: {} }, "audio"],
  [{ model: "m", messages, modalities: ["text", "audio"] }, "modalities"],
  [{ model: "m", messages, logit_bias: { 50256: -100 } }, "logit_bias"],
  [{ model: "m", messages, functions: [{ name: "f" }] }, "functions"],
  [{ model: "m", messages, tools: [{ type: "custom" }] }, "tools[0].type"],
  [{ model: "m", messages: [{ role: "function", content: "x" }] }, "messages[0].role"],
  [
    { model: "m", messages: [{ role: "user", content: [{ type: "input_audio" }] }] },
    "messages[0].content[0].type",
  ],
];

for (const value of [null, 1, "text", [], undefined]) {
  test(`parseChatRequest() refuses ${JSON.stringify(value)}, which is no object`, () => {
    assert.equal(refusal(value)[0], "request_malformed");
  });
}

for (const [value, param] of malformed) {
  test(`parseChatRequest() refuses ${JSON.stringify(value).slice(0, 90)} and names ${param}`, () => {
    assert.deepEqual(refusal(value), ["request_malformed", param]);
  });
}

for (const [value, param] of unserved) {
  test(`parseChatRequest() says that nothing serves ${JSON.stringify(value).slice(11, 90)}`, () => {
    assert.deepEqual(refusal(value), ["capability_missing", param]);
  });
}

test("decodeChatRequest() refuses an empty body, bytes that are no UTF-8 and text that is no JSON", () => {
  for (const body of [new Uint8Array(), Uint8Array.of(0xff, 0xfe), utf8("{")]) {
    assert.throws(
      () => decodeChatRequest(body),
      (thrown) => thrown instanceof CocoonError && thrown.code === "request_malformed",
    );
  }
});

test("parseChatRequest() never puts the caller's text into its refusal", () => {
  const canary = "canary-7f3a";
  for (const value of [
    { model: "m", messages: canary },
    { model: "m", messages: [{ role: canary, content: canary }] },
    { model: "m", messages, stop: [canary, ""] },
    { model: "m", messages, tools: [tool], tool_choice: canary },
  ]) {
    assert.throws(
      () => parseChatRequest(value),
      (thrown) => thrown instanceof CocoonError && !thrown.message.includes(canary),
    );
  }
});

test("parseChatRequest() takes a bare request, with null as absent and unknown fields ignored", () => {
  const bare = parseChatRequest({ model: "m", messages });
  const padded = parseChatRequest({
    model: "m",
    messages,
    temperature: null,
    stop: null,
    tools: null,
    n: 1,
    logit_bias: {},
    store: true,
    a_field_of_tomorrow: { x: 1 },
  });
  assert.deepEqual(padded, bare);
  assert.equal(bare.temperature, undefined);
  assert.deepEqual([bare.stream, bare.includeUsage, bare.stop], [false, false, []]);
  assert.deepEqual(bare.responseFormat, { type: "text" });
});

test("parseChatRequest() prefers max_completion_tokens to the older max_tokens", () => {
  assert.equal(parseChatRequest({ model: "m", messages, max_tokens: 5 }).tokensMax, 5);
  const both = { model: "m", messages, max_tokens: 5, max_completion_tokens: 6 };
  assert.equal(parseChatRequest(both).tokensMax, 6);
});

const full = {
  model: "m",
  messages: [
    { role: "system", content: "be kind" },
    { role: "developer", content: [{ type: "text", text: "be brief" }] },
    {
      role: "user",
      name: "ann",
      content: [
        { type: "text", text: "what is it?" },
        { type: "image_url", image_url: { url: "data:,", detail: "low" } },
      ],
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c1", content: "a cat" },
    { role: "assistant", content: "A cat." },
    { role: "user", content: "sure?" },
  ],
  temperature: 0.5,
  top_p: 0.9,
  max_tokens: 12,
  stop: "###",
  seed: -3,
  stream: true,
  stream_options: { include_usage: true },
  response_format: {
    type: "json_schema",
    json_schema: { name: "x", schema: { type: "object" }, strict: true },
  },
  tools: [
    { type: "function", function: { name: "f", description: "d", parameters: { type: "object" } } },
  ],
  tool_choice: { type: "function", function: { name: "f" } },
  parallel_tool_calls: false,
  logprobs: true,
  top_logprobs: 3,
  presence_penalty: 1,
  frequency_penalty: -1,
  user: "u",
};

test("encodeChatRequest() writes what parseChatRequest() reads as the same request", () => {
  const request = parseChatRequest(full);
  assert.deepEqual(request.stop, ["###"]);
  assert.deepEqual(request.toolChoice, { name: "f" });
  assert.equal(request.messages.length, 7);
  const body = JSON.parse(JSON.stringify(encodeChatRequest(request))) as unknown;
  assert.deepEqual(parseChatRequest(body), request);
});

test("parseChatRequest() throws nothing but CocoonError, whatever a field is replaced by", () => {
  const names = Object.keys(full);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }), (name, value) => {
      try {
        parseChatRequest({ ...full, [name]: value });
      } catch (thrown) {
        assert.ok(thrown instanceof CocoonError, String(thrown));
      }
    }),
    { numRuns: 300 },
  );
});
