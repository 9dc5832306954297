// What a backend is found to do, on engines as recorded: they answer every question as they answered one.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Asked,
  readRecording,
  type RecordedExchange,
  type Recording,
  type RecordingName,
  replayingFetch,
} from "../../testing/recorded-engine.ts";
import { type HttpProbe, probeHttpEngine } from "./http-probe.ts";

const port = 9_000;
/** No test here is about time. */
const timeoutMs = 600_000;

/** The recorded engine, answering every chat and every text as in the exchange named. */
function always(name: RecordingName, answers: Readonly<Record<string, string>>): Recording {
  const recording = readRecording(name);
  const exchanges = recording.exchanges.flatMap((exchange): RecordedExchange[] => {
    if (exchange.expects === undefined) return [exchange];
    return answers[exchange.path] === exchange.name ? [{ ...exchange, asks: {} }] : [];
  });
  return { ...recording, exchanges };
}

async function probe(recording: Recording, model: string, asked: Asked[] = []): Promise<HttpProbe> {
  const fetch = replayingFetch(new Map([[port, recording]]), asked);
  return await probeHttpEngine({ baseUrl: `http://127.0.0.1:${port}/v1`, model, fetch, timeoutMs });
}

const chatPath = "/v1/chat/completions";
const embedPath = "/v1/embeddings";
const qwen = "Qwen/Qwen2.5-7B-Instruct";

test("probeHttpEngine() asks vLLM for what it does not say of a model", async () => {
  const refusing = "no vectors from a model that generates";
  const bare = await probe(
    always("vllm", { [chatPath]: "a plain answer", [embedPath]: refusing }),
    qwen,
  );
  assert.deepEqual([bare.kind, bare.version, bare.contextTokens], ["vllm", "0.11.0", 32_768]);
  assert.deepEqual([bare.usagePlace, bare.reportsCachedTokens], ["usage_chunk", false]);
  assert.ok(!bare.capabilities.includes("logprobs"));
  assert.ok(!bare.capabilities.includes("embeddings"));
  assert.ok(bare.capabilities.includes("tools"));
  const rich = await probe(always("vllm", { [chatPath]: "logprobs", [embedPath]: refusing }), qwen);
  assert.ok(rich.capabilities.includes("logprobs"));
});

test("probeHttpEngine() finds a vLLM without a parser of calls out", async () => {
  const recording = always("vllm", { [chatPath]: "a plain answer" });
  const refusal = readRecording("vllm").exchanges.find(
    ({ name }) => name === "no parser of tool calls",
  );
  assert.ok(refusal !== undefined);
  const exchanges = [{ ...refusal, asks: { tool_choice: "auto" } }, ...recording.exchanges];
  const { capabilities } = await probe({ ...recording, exchanges }, qwen);
  assert.ok(!capabilities.includes("tools") && !capabilities.includes("forced_tools"));
  assert.ok(capabilities.includes("json_schema"));
});

test("probeHttpEngine() takes a vLLM that chats with nobody for one that embeds", async () => {
  const answers = { [chatPath]: "a model that it does not serve", [embedPath]: "vectors" };
  const readOnly = always("vllm", answers);
  // The one text of the question gets one of the two vectors.
  const exchanges = readOnly.exchanges.map((exchange) => {
    if (exchange.path !== embedPath) return exchange;
    const json = { data: [{ index: 0, embedding: [1, 0] }], usage: { prompt_tokens: 2 } };
    return { ...exchange, answer: { ...exchange.answer, json } };
  });
  const found = await probe({ ...readOnly, exchanges }, qwen);
  assert.deepEqual([found.capabilities, found.usagePlace], [["embeddings"], undefined]);
  await assert.rejects(
    probe(always("vllm", { [chatPath]: "a model that it does not serve" }), qwen),
    {
      code: "engine_unavailable",
    },
  );
});

test("probeHttpEngine() refuses an engine whose work cannot be billed", async () => {
  for (const [name, model, answers] of [
    ["vllm", qwen, { [chatPath]: "a build that was asked for no usage" }],
    ["ollama", "llama3.2:latest", { [chatPath]: "a version before usage in streams" }],
    [
      "lmstudio",
      "meta-llama-3.1-8b-instruct",
      { [chatPath]: "a version that counts nothing in streams" },
    ],
    [
      "lmstudio",
      "text-embedding-nomic-embed-text-v1.5",
      { [embedPath]: "vectors that were not counted" },
    ],
  ] as const) {
    await assert.rejects(probe(always(name, answers), model), { code: "usage_missing" });
  }
});

test("probeHttpEngine() takes Ollama at its word but for logprobs, which older versions pass over", async () => {
  const asked: Asked[] = [];
  const plain = await probe(
    always("ollama", { [chatPath]: "a plain answer" }),
    "llama3.2:latest",
    asked,
  );
  assert.deepEqual([plain.kind, plain.version, plain.contextTokens], ["ollama", "0.12.6", 4_096]);
  assert.ok(plain.capabilities.includes("tools") && !plain.capabilities.includes("logprobs"));
  assert.ok(!plain.capabilities.includes("forced_tools"));
  assert.equal(asked.filter(({ path }) => path === chatPath).length, 2);
  // Only the model that is to be sold is described.
  assert.equal(asked.filter(({ path }) => path === "/api/show").length, 1);
  const recording = always("ollama", { [chatPath]: "logprobs of a newer version" });
  assert.ok((await probe(recording, "llama3.2:latest")).capabilities.includes("logprobs"));
});

test("probeHttpEngine() asks a model that only embeds for a vector and for nothing else", async () => {
  const asked: Asked[] = [];
  const recording = always("lmstudio", { [embedPath]: "vectors that were" });
  const found = await probe(recording, "text-embedding-nomic-embed-text-v1.5", asked);
  assert.deepEqual([found.capabilities, found.contextTokens], [["embeddings"], 2_048]);
  assert.ok(asked.every(({ path }) => path !== chatPath));
});

test("probeHttpEngine() refuses a model that the engine does not list", async () => {
  const recording = always("ollama", { [chatPath]: "a plain answer" });
  await assert.rejects(probe(recording, "mistral"), { code: "engine_unavailable" });
});
