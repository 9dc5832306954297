// What the embedded engine can do beyond chat: tools, texts to go on from, vectors.

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  aggregateChunks,
  type ChatRequest,
  ChunkWriter,
  type CompletionChoice,
  parseChatRequest,
  parseCompletionRequest,
  parseEmbeddingRequest,
  promptTokensBound,
} from "@cocoon/protocol";
import { chatDeltaOf } from "./engine.ts";
import { createLlamaEngine, type LlamaEngine } from "./llama-engine.ts";

const modelPath = fileURLToPath(
  new URL("../../../../models/cocoon-tiny/cocoon-tiny-3m-q8_0.gguf", import.meta.url),
);
const model = "cocoon-tiny";
const options = { signal: new AbortController().signal, requestId: "r" };

const weather = {
  type: "function",
  function: {
    name: "weather",
    description: "Weather now",
    parameters: {
      type: "object",
      properties: { city: { type: "string", maxLength: 12 }, unit: { enum: ["C", "F"] } },
      required: ["city"],
    },
  },
};
const clock = { type: "function", function: { name: "clock", parameters: { type: "object" } } };
const question = { role: "user", content: "What is the weather in Paris?" };

suite("the embedded engine", () => {
  let engine: LlamaEngine;
  before(async () => {
    const contextTokens = 512;
    engine = await createLlamaEngine({ modelPath, modelId: model, slots: 2, contextTokens });
  });
  after(() => engine.close());

  const choiceOf = async (request: ChatRequest): Promise<CompletionChoice | undefined> => {
    const writer = new ChunkWriter({ id: "c", created: 0, model });
    const chunks = [];
    for await (const event of engine.run(request, options)) {
      const isDelta = event.type === "delta";
      chunks.push(isDelta ? writer.delta(chatDeltaOf(event)) : writer.finish(event.reason));
      if (!isDelta) assert.ok(event.usage.promptTokens <= promptTokensBound(request));
    }
    return aggregateChunks(chunks).choices[0];
  };
  const ask = (body: object): Promise<CompletionChoice | undefined> =>
    choiceOf(parseChatRequest({ model, messages: [question], ...body }));

  test("run() makes the call that is demanded, with arguments of its schema, and ends with tool_calls", async () => {
    const named = { type: "function", function: { name: "weather" } };
    const choice = await ask({ tools: [weather, clock], tool_choice: named });
    assert.equal(choice?.finish_reason, "tool_calls");
    assert.equal(choice.message.content, null);
    const [call, ...others] = choice.message.tool_calls ?? [];
    assert.deepEqual(others, []);
    assert.equal(call?.function.name, "weather");
    const made: unknown = JSON.parse(call.function.arguments);
    assert.match(JSON.stringify(made), /^\{"city":".{0,24}","unit":"[CF]"\}$/);
  });

  test("run() makes one call or several where any will do, and one where they may not be parallel", async () => {
    const required = await ask({ tools: [clock, weather], tool_choice: "required" });
    assert.equal(required?.finish_reason, "tool_calls");
    const alone = { tool_choice: "required", parallel_tool_calls: false };
    const single = await ask({ tools: [weather], ...alone });
    assert.equal(single?.message.tool_calls?.length, 1);
  });

  test("run() refuses a strict schema that no grammar holds, and makes do where it is not strict", async () => {
    const parameters = { type: "object", properties: { n: { type: "number", minimum: 1 } } };
    const strict = { ...clock, function: { name: "clock", parameters, strict: true } };
    await assert.rejects(ask({ tools: [strict], tool_choice: "required" }), (error: unknown) => {
      assert.match(String(error), /capability_missing|cannot do/);
      assert.match(String(error), /tools\[0\]\.function\.parameters/);
      return true;
    });
    const loose = { ...clock, function: { name: "clock", parameters } };
    const choice = await ask({
      tools: [loose],
      tool_choice: "required",
      parallel_tool_calls: false,
      max_tokens: 200,
    });
    assert.ok(choice?.finish_reason === "tool_calls" || choice?.finish_reason === "length");
  });

  test("run() answers in words after a call was made, and where the model may choose", async () => {
    const call = {
      id: "call_1",
      type: "function",
      function: { name: "weather", arguments: `{"city":"Paris"}` },
    };
    const messages = [
      question,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "It is sunny." },
    ];
    const choice = await ask({ messages, tools: [weather] });
    assert.equal(choice?.finish_reason, "stop");
    assert.ok((choice.message.content ?? "").length > 0);
  });

  test("run() goes on from a text without a template", async () => {
    const complete = async (body: object): Promise<CompletionChoice | undefined> =>
      choiceOf(parseCompletionRequest({ model, prompt: "count from 1 to 9\n1, 2, 3,", ...body }));
    const choice = await complete({ max_tokens: 8 });
    assert.equal(choice?.finish_reason, "length");
    assert.ok((choice.message.content ?? "").length > 0);
    await assert.rejects(complete({ prompt: "" }), { code: "request_malformed" });
    await assert.rejects(complete({ prompt: "word ".repeat(600) }), { code: "context_too_long" });
  });

  test("embed() gives a vector of length 1 for each text, the same for the same, and counts tokens", async () => {
    const embed = (input: readonly string[], tokensMax?: number) =>
      engine.embed(parseEmbeddingRequest({ model, input }), { ...options, tokensMax });
    const { vectors, usage } = await embed(["What is a worker?", "Hello", "What is a worker?"]);
    const [worker, hello, again] = vectors;
    assert.ok(worker !== undefined && hello !== undefined);
    assert.deepEqual(worker, again);
    assert.notDeepEqual(worker, hello);
    assert.equal(worker.length, hello.length);
    assert.ok(Math.abs(Math.hypot(...worker) - 1) < 1e-5);
    assert.ok(usage.promptTokens > 3 && usage.completionTokens === 0);
    await embed(["Hello"], (await embed(["Hello"])).usage.promptTokens);
    await assert.rejects(embed(["Hello", "Hello"], 1), { code: "context_too_long" });
    await assert.rejects(embed(["word ".repeat(600)]), { code: "context_too_long" });
    const aborted = { ...options, signal: AbortSignal.abort() };
    const request = parseEmbeddingRequest({ model, input: "a" });
    await assert.rejects(engine.embed(request, aborted), { code: "cancelled" });
  });
});
