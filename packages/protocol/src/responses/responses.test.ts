import { CocoonError } from "../errors/index.ts";
import { ChunkWriter, parseChatRequest } from "../openai/index.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseResponsesRequest } from "./parse-request.ts";
import { ResponseWriter } from "./response-writer.ts";
import { encodeResponseFailure } from "./wording.ts";

const base = { model: "m", input: "hi" };

test("parseResponsesRequest() refuses what is malformed or has no counterpart, and names the part", () => {
  for (const [request, code, param] of [
    [{ input: undefined }, "request_malformed", "input"],
    [{ model: 1 }, "request_malformed", "model"],
    [{ input: [{ type: "computer_call" }] }, "capability_missing", "input[0].type"],
    [{ input: [{ type: "item_reference", id: "x" }] }, "capability_missing", "input[0].type"],
    [
      { input: [{ role: "user", content: [{ type: "input_file" }] }] },
      "capability_missing",
      "input[0].content[0].type",
    ],
    [{ previous_response_id: "resp_1" }, "capability_missing", "previous_response_id"],
    [{ conversation: "c" }, "capability_missing", "conversation"],
    [{ store: true }, "capability_missing", "store"],
    [{ background: true }, "capability_missing", "background"],
    [{ truncation: "auto" }, "capability_missing", "truncation"],
    [{ tools: [{ type: "web_search" }] }, "capability_missing", "tools[0].type"],
    [{ include: ["file_search_call.results"] }, "capability_missing", "include[0]"],
    [{ top_logprobs: 2 }, "request_malformed", "top_logprobs"],
  ] as const) {
    assert.throws(
      () => parseResponsesRequest({ ...base, ...request }),
      (error: unknown) =>
        error instanceof CocoonError && error.code === code && error.details["param"] === param,
      param,
    );
  }
});

test("parseResponsesRequest() makes the chat completion that says the same", () => {
  const call = { type: "function_call", call_id: "c1", name: "f", arguments: "{}" };
  const { chat } = parseResponsesRequest({
    ...base,
    instructions: "Be kind.",
    input: [
      { role: "user", content: [{ type: "input_text", text: "a" }] },
      { type: "reasoning", id: "r", summary: [] },
      call,
      { ...call, call_id: "c2" },
      { type: "function_call_output", call_id: "c1", output: "x" },
    ],
    tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: true }],
    text: { format: { type: "json_schema", name: "n", schema: {} } },
    max_output_tokens: 5,
  });
  const request = parseChatRequest(chat);
  assert.deepEqual(
    request.messages.map(({ role }) => role),
    ["system", "user", "assistant", "tool"],
  );
  const [, , assistant] = request.messages;
  assert.ok(assistant?.role === "assistant");
  assert.deepEqual(
    assistant.toolCalls.map(({ id }) => id),
    ["c1", "c2"],
  );
  assert.equal(request.tokensMax, 5);
  assert.equal(request.responseFormat.type, "json_schema");
  assert.equal(request.tools[0]?.strict, true);
});

test("ResponseWriter tells reasoning, text and calls one after the other, and the response holds the same", () => {
  const chunks = new ChunkWriter({ id: "chatcmpl-1", created: 1, model: "m" });
  const writer = new ResponseWriter({});
  const events = [
    chunks.opening(),
    chunks.delta({ reasoning_content: "hm" }),
    chunks.delta({ content: "a" }),
    chunks.delta({ content: "b" }),
    chunks.delta({ tool_calls: [{ index: 0, id: "c1", function: { name: "f", arguments: "{" } }] }),
    chunks.delta({ tool_calls: [{ index: 0, function: { arguments: "}" } }] }),
    chunks.delta({
      tool_calls: [{ index: 1, id: "c2", function: { name: "g", arguments: "{}" } }],
    }),
    chunks.finish("tool_calls"),
    chunks.usage({ promptTokens: 3, completionTokens: 4 }),
  ].flatMap((chunk) => [...writer.push(chunk)]);
  events.push(...writer.finish());
  assert.deepEqual(
    events.map(({ sequence_number: number }) => number),
    [...events.keys()],
  );
  assert.equal(events.filter(({ type }) => type === "response.output_item.added").length, 4);
  assert.equal(events.at(-1)?.type, "response.completed");
  const response = writer.response();
  assert.deepEqual(events.at(-1)?.["response"], response);
  const output = JSON.stringify(response["output"]);
  assert.match(output, /"reasoning_text","text":"hm"/);
  assert.match(output, /"output_text","text":"ab"/);
  assert.match(output, /"name":"f","arguments":"\{\}","call_id":"c1"/);
  assert.match(JSON.stringify(response["usage"]), /"cached_tokens":null/);
  const failure = encodeResponseFailure(new CocoonError("engine_failed"), 7);
  assert.match(
    failure,
    /^event: error\ndata: \{"type":"error","sequence_number":7,"code":"engine_failed"/,
  );
});
