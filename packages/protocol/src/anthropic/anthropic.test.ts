import { CocoonError } from "../errors/index.ts";
import { ChunkWriter, parseChatRequest } from "../openai/index.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageWriter } from "./message-writer.ts";
import { parseMessagesRequest } from "./parse-request.ts";
import { encodeMessageFailure, messageErrorBody } from "./wording.ts";

const base = { model: "m", max_tokens: 9, messages: [{ role: "user", content: "hi" }] };

test("parseMessagesRequest() refuses what is malformed or has no counterpart, and names the part", () => {
  const said = (content: unknown, role = "user") => ({ messages: [{ role, content }] });
  for (const [request, code, param] of [
    [{ max_tokens: undefined }, "request_malformed", "max_tokens"],
    [{ messages: undefined }, "request_malformed", "messages"],
    [{ messages: [{ role: "system", content: "x" }] }, "request_malformed", "messages[0].role"],
    [{ temperature: 1.5 }, "request_malformed", "temperature"],
    [{ top_k: 5 }, "capability_missing", "top_k"],
    [{ thinking: { type: "enabled" } }, "capability_missing", "thinking"],
    [said([{ type: "document" }]), "capability_missing", "messages[0].content[0].type"],
    [said("He", "assistant"), "capability_missing", "messages[0]"],
    [{ tools: [{ type: "bash_20250124", name: "bash" }] }, "capability_missing", "tools[0].type"],
    [{ tool_choice: { type: "some" } }, "request_malformed", "tool_choice.type"],
  ] as const) {
    assert.throws(
      () => parseMessagesRequest({ ...base, ...request }),
      (error: unknown) =>
        error instanceof CocoonError && error.code === code && error.details["param"] === param,
      param,
    );
  }
});

test("parseMessagesRequest() makes the chat completion that says the same", () => {
  const { chat } = parseMessagesRequest({
    ...base,
    system: [{ type: "text", text: "Be kind.", cache_control: { type: "ephemeral" } }],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "tool_use", id: "c1", name: "f", input: { a: 1 } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "c1", content: "x", is_error: true },
          { type: "text", text: "b" },
        ],
      },
    ],
    tools: [{ name: "f", input_schema: { type: "object" } }],
    tool_choice: { type: "any", disable_parallel_tool_use: true },
    stop_sequences: ["END"],
  });
  const request = parseChatRequest(chat);
  assert.deepEqual(
    request.messages.map(({ role }) => role),
    ["system", "user", "assistant", "tool", "user"],
  );
  const [, shown, assistant, result] = request.messages;
  assert.match(JSON.stringify(shown), /data:image\/png;base64,AA==/);
  assert.ok(assistant?.role === "assistant" && assistant.toolCalls[0]?.arguments === `{"a":1}`);
  assert.match(JSON.stringify(result), /Error:/);
  assert.deepEqual(
    [request.toolChoice, request.parallelToolCalls, request.stop],
    ["required", false, ["END"]],
  );
});

test("MessageWriter tells blocks one after the other, and the message holds the same", () => {
  const chunks = new ChunkWriter({ id: "chatcmpl-1", created: 1, model: "m" });
  const writer = new MessageWriter();
  const events = [
    chunks.opening(),
    chunks.delta({ content: "a" }),
    chunks.delta({ content: "b" }),
    chunks.delta({
      tool_calls: [{ index: 0, id: "c1", function: { name: "f", arguments: `{"a":` } }],
    }),
    chunks.delta({ tool_calls: [{ index: 0, function: { arguments: "1}" } }] }),
    chunks.finish("tool_calls"),
    chunks.usage({ promptTokens: 5, cachedTokens: 2, completionTokens: 4 }),
  ].flatMap((chunk) => [...writer.push(chunk)]);
  events.push(...writer.finish());
  assert.deepEqual(
    events.map(({ type }) => type.replace(/^content_block_/, "")),
    [
      "message_start",
      "start",
      "delta",
      "delta",
      "stop",
      "start",
      "delta",
      "delta",
      "stop",
      "message_delta",
      "message_stop",
    ],
  );
  const message = writer.message();
  assert.equal(message["stop_reason"], "tool_use");
  assert.match(JSON.stringify(message["content"]), /"text":"ab".*"input":\{"a":1\}/);
  assert.match(
    JSON.stringify(message["usage"]),
    /"input_tokens":3,.*"cache_read_input_tokens":2,"output_tokens":4/,
  );
});

test("a refusal has Anthropic's shape and our code", () => {
  const { status, body } = messageErrorBody(new CocoonError("queue_full"));
  assert.equal(status, 429);
  assert.match(JSON.stringify(body), /"type":"rate_limit_error".*"code":"queue_full"/);
  assert.match(
    encodeMessageFailure(new CocoonError("engine_failed")),
    /^event: error\ndata: \{"type":"error"/,
  );
});
