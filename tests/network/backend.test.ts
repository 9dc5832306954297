// A worker in front of vLLM as its sources have it: from an unmodified client through gateway and proxy to the backend.

import { createHttpEngine, discoverEngines } from "@cocoon/services";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type OpenAI from "openai";
import { BadRequestError } from "openai";
import {
  readRecording,
  type RecordedServer,
  serveRecording,
} from "../../packages/services/testing/recorded-engine.ts";
import { openaiOf } from "./ask.ts";
import { createNetwork, modelName, type Network } from "./harness.ts";
import { joined } from "./rig.ts";

type Message = OpenAI.ChatCompletionMessageParam;

const question: Message = { role: "user", content: "What is the weather in Paris and in Rome?" };
const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Weather now",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    },
  },
} as const;
const degrees = new Map([
  ["Paris", "18 degrees"],
  ["Rome", "24 degrees"],
]);

suite("a worker in front of a recorded vLLM", () => {
  let network: Network;
  let backend: RecordedServer;
  let openai: OpenAI;

  before(async () => {
    backend = await serveRecording(readRecording("vllm"));
    const [found] = await discoverEngines({ ports: [backend.port], timeoutMs: 600_000 });
    assert.ok(found !== undefined);
    const { kind, baseUrl, models } = found;
    const [served] = models;
    assert.ok(kind === "vllm" && served !== undefined);
    const scripted = createHttpEngine({
      baseUrl,
      kind,
      model: served.id,
      modelId: modelName,
      contextTokens: 512,
      capabilities: [...served.capabilities, "embeddings"],
    });
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1", { scripted });
    const gateway = await network.startGateway();
    await joined(gateway, 1);
    openai = openaiOf(gateway);
  });
  after(async () => {
    await network.stop();
    await backend.close();
  });

  test("makes two calls at once, streamed, and answers when both were answered", async () => {
    const stream = openai.chat.completions.stream({
      model: modelName,
      messages: [question],
      tools: [weather],
      stream_options: { include_usage: true },
    });
    const asked = await stream.finalChatCompletion();
    const [choice] = asked.choices;
    assert.equal(choice?.finish_reason, "tool_calls");
    assert.deepEqual([asked.usage?.prompt_tokens, asked.usage?.completion_tokens], [180, 44]);
    const calls = choice.message.tool_calls ?? [];
    assert.equal(calls.length, 2);
    const results = calls.map((call): Message => {
      assert.ok(call.type === "function" && call.function.name === "get_weather");
      const given: unknown = JSON.parse(call.function.arguments);
      assert.ok(typeof given === "object" && given !== null && "city" in given);
      const content = degrees.get(String(given.city)) ?? "";
      return { role: "tool", tool_call_id: call.id, content };
    });
    const messages: Message[] = [
      question,
      { role: "assistant", content: null, tool_calls: calls },
      ...results,
    ];
    const told = await openai.chat.completions.create({
      model: modelName,
      messages,
      tools: [weather],
    });
    assert.equal(told.choices[0]?.message.content, "Paris has 18 degrees, Rome 24.");
    assert.equal(told.usage?.prompt_tokens_details?.cached_tokens, 176);
  });

  test("tells how sure the model was, what it thought, and how a demanded call ends", async () => {
    const sure = await openai.chat.completions.create({
      model: modelName,
      messages: [{ role: "user", content: "Say hi." }],
      logprobs: true,
      top_logprobs: 1,
    });
    const tokens = sure.choices[0]?.logprobs?.content?.map(({ token }) => token);
    assert.deepEqual(tokens, ["Hi", "!"]);
    const thought = await openai.chat.completions.create({
      model: modelName,
      messages: [{ role: "user", content: "What is 2 + 2?" }],
    });
    const message: object | undefined = thought.choices[0]?.message;
    assert.ok(message !== undefined && "reasoning_content" in message);
    assert.equal(message.reasoning_content, "2 and 2 is 4.");
    assert.equal(thought.usage?.completion_tokens_details?.reasoning_tokens, 8);
    const demanded = await openai.chat.completions.create({
      model: modelName,
      messages: [{ role: "user", content: "Weather in Oslo, please." }],
      tools: [weather],
      tool_choice: { type: "function", function: { name: "get_weather" } },
    });
    assert.equal(demanded.choices[0]?.message.tool_calls?.length, 1);
  });

  test("turns texts into vectors", async () => {
    const input = ["a worker", "a proxy"];
    const { data, usage } = await openai.embeddings.create({ model: modelName, input });
    const rounded = data.map(({ embedding }) => embedding.map((value) => Math.round(value * 10)));
    assert.deepEqual(rounded, [
      [6, -8, 0],
      [0, 6, 8],
    ]);
    assert.equal(usage.prompt_tokens, 6);
  });

  test("refuses what it cannot do before the backend is asked", async () => {
    const asked = backend.asked.length;
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } } as const;
    const seeing = openai.chat.completions.create({
      model: modelName,
      messages: [{ role: "user", content: [image] }],
    });
    await assert.rejects(seeing, (error) => {
      return error instanceof BadRequestError && error.code === "capability_missing";
    });
    assert.equal(backend.asked.length, asked);
  });

  test("divides the backend's prompt cache by a salt of the channel", () => {
    const salts = backend.asked.flatMap(({ path, body }) =>
      path.endsWith("completions") &&
      typeof body === "object" &&
      body !== null &&
      "cache_salt" in body
        ? [String(body.cache_salt)]
        : [],
    );
    assert.ok(salts.length >= 5);
    assert.equal(new Set(salts).size, 1);
    assert.match(salts[0] ?? "", /^[0-9a-f]{32}$/);
  });
});
