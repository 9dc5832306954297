// Every answer of every engine that is kept in testing/recordings, through the adapter.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  aggregateChunks,
  type Capability,
  type ChatChunk,
  ChunkWriter,
  CocoonError,
  parseChatRequest,
  parseCompletionRequest,
  parseEmbeddingRequest,
} from "@cocoon/protocol";
import {
  type Asked,
  type Expected,
  readRecording,
  type RecordedExchange,
  type Recording,
  recordingNames,
  replayingFetch,
} from "../../testing/recorded-engine.ts";
import { chatDeltaOf, type Engine, type EngineFinish } from "./engine.ts";
import { type EngineKind, engineRules } from "./engine-rules.ts";
import { createHttpEngine } from "./http-engine.ts";

const model = "m";
const port = 9_000;
const options = { signal: new AbortController().signal, requestId: "r" };
const all: readonly Capability[] = engineRules.openai.capabilities;

function kindOf({ engine }: Recording): EngineKind {
  const kinds: readonly EngineKind[] = ["vllm", "sglang", "llama.cpp", "ollama", "lmstudio"];
  const kind = kinds.find((name) => name === engine);
  assert.ok(kind !== undefined);
  return kind;
}

function engineOf(recording: Recording, asked: Asked[] = []): Engine {
  return createHttpEngine({
    baseUrl: `http://127.0.0.1:${port}/v1`,
    model,
    kind: kindOf(recording),
    capabilities: all,
    fetch: replayingFetch(new Map([[port, recording]]), asked),
  });
}

async function chat(engine: Engine, { path, asks }: RecordedExchange): Promise<Expected> {
  const parse = path === "/v1/completions" ? parseCompletionRequest : parseChatRequest;
  const writer = new ChunkWriter({ id: "", created: 0, model });
  const chunks: ChatChunk[] = [];
  let finish: EngineFinish | undefined;
  for await (const event of engine.run(parse({ model, ...asks }), options)) {
    if (event.type === "finish") finish = event;
    const isDelta = event.type === "delta";
    chunks.push(
      isDelta ? writer.delta(chatDeltaOf(event), event.logprobs) : writer.finish(event.reason),
    );
  }
  const choice = aggregateChunks(chunks).choices[0];
  assert.ok(finish !== undefined && choice !== undefined);
  const { content, reasoning_content: reasoning, tool_calls: calls } = choice.message;
  return {
    text: content ?? "",
    reason: finish.reason,
    usage: { ...finish.usage },
    ...(reasoning !== undefined && { reasoning }),
    ...(calls !== undefined && { toolCalls: calls.map(({ id, function: f }) => ({ id, ...f })) }),
    ...(choice.logprobs !== null && {
      logprobs: choice.logprobs.content.map(({ token }) => String(token)),
    }),
  };
}

async function embed(engine: Engine, { asks }: RecordedExchange): Promise<Expected> {
  const made = await engine.embed?.(parseEmbeddingRequest({ model, ...asks }), options);
  assert.ok(made !== undefined);
  const vectors = made.vectors.map((vector) => Array.from(vector, (value) => round(value)));
  return { vectors, promptTokens: made.usage.promptTokens };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/** What came of it; of a refusal the code, and that it says nothing of what the engine wrote. */
async function outcome(engine: Engine, exchange: RecordedExchange): Promise<Expected> {
  try {
    const isEmbedding = exchange.path === "/v1/embeddings";
    return await (isEmbedding ? embed(engine, exchange) : chat(engine, exchange));
  } catch (error) {
    assert.ok(error instanceof CocoonError, String(error));
    const written = JSON.stringify(exchange.answer.json ?? {});
    for (const { groups } of written.matchAll(/"(?:message|error)":"(?<words>[^"]+)"/g)) {
      assert.ok(!JSON.stringify([error.message, error.details]).includes(groups?.["words"] ?? ""));
    }
    return { code: error.code };
  }
}

for (const name of recordingNames) {
  const recording = readRecording(name);
  const how = recording.made === "recorded" ? "recorded" : "documented";
  for (const exchange of recording.exchanges) {
    const { expects } = exchange;
    if (expects === undefined) continue;
    test(`${name} ${recording.version}, ${how}: ${exchange.name}`, async () => {
      const engine = engineOf(recording);
      assert.deepEqual(await outcome(engine, exchange), expects);
      assert.deepEqual(engine.load(), {
        active: 0,
        queued: 0,
        slots: engineRules[kindOf(recording)].slots,
      });
      await engine.close();
    });
  }
}
