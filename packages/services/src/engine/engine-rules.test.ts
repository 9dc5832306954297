// What the table says of each engine, in what it is sent.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ChatRequest,
  CocoonError,
  contentText,
  parseChatRequest,
  parseEmbeddingRequest,
} from "@cocoon/protocol";
import {
  type Asked,
  readRecording,
  type RecordedExchange,
  type Recording,
  type RecordingName,
  replayingFetch,
} from "../../testing/recorded-engine.ts";
import type { Engine } from "./engine.ts";
import { createHttpEngine, type HttpEngineOptions } from "./http-engine.ts";
import { promptPieces } from "./prompt-pieces.ts";

const model = "m";
const port = 9_000;

/** An engine before a backend of this kind that gives one answer to all, counting a token for four bytes. */
function engineOf(
  kind: NonNullable<HttpEngineOptions["kind"]>,
  options: Partial<HttpEngineOptions> = {},
): { readonly engine: Engine; readonly bodies: Record<string, unknown>[] } {
  const bodies: Record<string, unknown>[] = [];
  const fetch: typeof globalThis.fetch = (_input, init) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- a JSON text, by HttpBackend
    const body = JSON.parse(init?.body as string) as Record<string, unknown>;
    bodies.push(body);
    const tokens = Math.ceil(JSON.stringify(body["messages"]).length / 4);
    const chunks = [
      { choices: [{ delta: { content: "x" }, finish_reason: "stop" }] },
      { choices: [], usage: { prompt_tokens: tokens, completion_tokens: 1 } },
    ];
    const text = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
    const headers = { "content-type": "text/event-stream" };
    return Promise.resolve(new Response(text, { headers }));
  };
  const base = { baseUrl: `http://127.0.0.1:${port}/v1`, model, kind, fetch };
  return { engine: createHttpEngine({ ...base, ...options }), bodies };
}

async function answer(engine: Engine, request: ChatRequest): Promise<void> {
  const options = { signal: new AbortController().signal, requestId: "r" };
  for await (const event of engine.run(request, options)) assert.ok(event);
}

function ask(content: string, options: object = {}): ChatRequest {
  return parseChatRequest({ model, messages: [{ role: "user", content }], ...options });
}

test("a seed is sent as one that the engine takes for itself, and never as `at random`", async () => {
  for (const [kind, seed, sent] of [
    ["vllm", 7, 7],
    ["vllm", 2 ** 40, 2 ** 40],
    ["llama.cpp", 7, 7],
    ["llama.cpp", -1, 2 ** 31 - 1],
    ["ollama", 2 ** 32 - 1, 2 ** 31 - 1],
    ["lmstudio", 2 ** 40 + 5, 5],
  ] as const) {
    const { engine, bodies } = engineOf(kind);
    await answer(engine, ask("hi", { seed }));
    assert.equal(bodies[0]?.["seed"], sent, `${kind} ${seed}`);
  }
  const { engine, bodies } = engineOf("llama.cpp");
  await answer(engine, ask("hi"));
  assert.equal(bodies[0]?.["seed"], undefined);
});

test("a prompt cache is divided by a salt, or switched off, or left alone where it takes neither", async () => {
  for (const [kind, fields] of [
    ["vllm", ["cache_salt"]],
    ["sglang", ["cache_salt"]],
    ["llama.cpp", ["cache_prompt"]],
    ["ollama", []],
    ["lmstudio", []],
    ["openai", []],
  ] as const) {
    const { engine, bodies } = engineOf(kind);
    await answer(engine, ask("hi"));
    const sent = Object.keys(bodies[0] ?? {}).filter((name) => name.startsWith("cache_"));
    assert.deepEqual(sent, fields, kind);
    assert.ok(bodies[0]?.["cache_prompt"] !== true);
  }
});

test("logprobs are asked for as llama.cpp needs it, and come back as they were asked for", async () => {
  const recording = readRecording("llama-server");
  const asked: Asked[] = [];
  const fetch = replayingFetch(new Map([[port, recording]]), asked);
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const engine = createHttpEngine({ baseUrl, model, kind: "llama.cpp", fetch });
  const options = { signal: new AbortController().signal, requestId: "r" };
  for (const [content, top] of [
    ["Say hi.", 0],
    ["Say hi again.", 2],
  ] as const) {
    const given = { temperature: 0, max_tokens: 2, logprobs: true };
    const request = ask(content, { ...given, ...(top > 0 && { top_logprobs: top }) });
    const tokens = [];
    for await (const event of engine.run(request, options)) {
      if (event.type === "delta") tokens.push(...(event.logprobs ?? []));
    }
    assert.deepEqual(
      tokens.map((token) => Object.keys(token)),
      [1, 2].map(() => ["token", "logprob", "bytes", "top_logprobs"]),
    );
    for (const { top_logprobs: likely } of tokens) {
      assert.ok(Array.isArray(likely) && likely.length === top);
      assert.ok(likely.every((token: object) => !("id" in token)));
    }
  }
  const counts = asked.map(({ body }) => Object(body).top_logprobs as unknown);
  assert.deepEqual(counts, [1, 2]);
});

test("an engine that passes on no tool_choice is asked for no call that is demanded", async () => {
  const tool = { type: "function", function: { name: "wave", parameters: { type: "object" } } };
  for (const kind of ["ollama", "lmstudio"] as const) {
    const { engine, bodies } = engineOf(kind);
    const demanded = ask("hi", { tools: [tool], tool_choice: "required" });
    await assert.rejects(answer(engine, demanded), { code: "capability_missing" });
    assert.deepEqual(bodies, []);
    const call = { id: "1", type: "function", function: { name: "wave", arguments: "{}" } };
    const messages = [
      { role: "user", content: "hi" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "1", content: "waved" },
    ];
    await answer(engine, parseChatRequest({ model, messages, tools: [tool] }));
    assert.equal(bodies.length, 1);
  }
});

test("a prompt that an engine would lose a part of is counted in pieces, and refused when it is too long", async () => {
  const contextTokens = 1_000;
  const short = ask("word ".repeat(120));
  const fits = ask("word ".repeat(600));
  const over = ask("word ".repeat(1_000));
  for (const kind of ["ollama", "lmstudio"] as const) {
    const { engine, bodies } = engineOf(kind, { contextTokens });
    await answer(engine, short);
    assert.equal(bodies.length, 1);
    await answer(engine, fits);
    assert.equal(bodies.length, 1 + 5 + 1);
    assert.ok(bodies.slice(1, -1).every((body) => body["max_tokens"] === 1));
    await assert.rejects(answer(engine, over), { code: "context_too_long" });
    assert.deepEqual(engine.load().active, 0);
  }
  const { engine, bodies } = engineOf("vllm", { contextTokens });
  await answer(engine, over);
  assert.equal(bodies.length, 1);
});

test("promptPieces() holds all of a request's text, cut at the ends of characters", () => {
  const tool = { type: "function", function: { name: "wave", parameters: { type: "object" } } };
  const text = "grüße, 世界 👋 ".repeat(60);
  const request = ask(text, { tools: [tool], stop: ["x"] });
  const pieces = promptPieces(request, 320);
  const contents = pieces.flatMap(({ messages }) =>
    messages.map(({ content }) => contentText(content)),
  );
  assert.ok(contents.every((content) => Buffer.byteLength(content) <= 64));
  assert.ok(contents.join("").includes(text));
  assert.ok(contents.join("").includes('"wave"'));
  assert.ok(pieces.every(({ tools, stop }) => tools.length === 0 && stop.length === 0));
});

test("vectors of a text that an engine would cut are refused before it is asked", async () => {
  const { engine, bodies } = engineOf("ollama", {
    contextTokens: 32,
    capabilities: ["embeddings"],
  });
  const request = parseEmbeddingRequest({ model, input: ["short", "a long text ".repeat(4)] });
  const options = { signal: new AbortController().signal, requestId: "r" };
  await assert.rejects(engine.embed?.(request, options) ?? Promise.resolve(), {
    code: "context_too_long",
  });
  assert.deepEqual(bodies, []);
});

/** A recorded engine whose exchanges are some of its own, and how often it was asked. */
function embedderOf(
  name: RecordingName,
  exchanges: readonly RecordedExchange[],
  options: Partial<HttpEngineOptions> = {},
): Engine {
  const recording: Recording = { ...readRecording(name), exchanges };
  const fetch = replayingFetch(new Map([[port, recording]]), [] as Asked[]);
  const capabilities = ["embeddings"] as const;
  const base = { baseUrl: `http://127.0.0.1:${port}/v1`, model, capabilities, fetch };
  return createHttpEngine({ ...base, ...options });
}

function vectorsOf(json: unknown): RecordedExchange {
  const answered = { status: 200, json };
  return { name: "vectors", method: "POST", path: "/v1/embeddings", answer: answered };
}

test("embed() puts vectors in their order and refuses what is not one for each text", async () => {
  const usage = { prompt_tokens: 2, total_tokens: 2 };
  const of = (index: number, embedding: unknown) => ({ object: "embedding", index, embedding });
  const request = parseEmbeddingRequest({ model, input: ["a", "b"] });
  const options = { signal: new AbortController().signal, requestId: "r" };
  const swapped = embedderOf("vllm", [vectorsOf({ data: [of(1, [0, 2]), of(0, [3, 0])], usage })]);
  const { vectors } = (await swapped.embed?.(request, options)) ?? {};
  assert.deepEqual(
    vectors?.map((vector) => [...vector]),
    [
      [1, 0],
      [0, 1],
    ],
  );
  const tooMany = swapped.embed?.(request, { ...options, tokensMax: 1 }) ?? Promise.resolve();
  await assert.rejects(tooMany, { code: "context_too_long" });
  for (const data of [
    [of(0, [1])],
    [of(0, [1]), of(0, [1])],
    [of(0, [1]), of(2, [1])],
    [of(0, [1]), of(1, [1, 2])],
    [of(0, [1]), of(1, ["x"])],
    [of(0, [1]), of(1, "AAAA")],
  ]) {
    const engine = embedderOf("vllm", [vectorsOf({ data, usage })]);
    await assert.rejects(engine.embed?.(request, options) ?? Promise.resolve(), (error) => {
      return error instanceof CocoonError && error.code === "engine_failed";
    });
  }
});

test("embed() refuses another model, an engine that does not embed, and who has cancelled", async () => {
  const request = parseEmbeddingRequest({ model, input: ["a"] });
  const options = { signal: new AbortController().signal, requestId: "r" };
  const code = async (engine: Engine, asked = request, given = options): Promise<unknown> => {
    return await engine.embed?.(asked, given).catch((error: unknown) => {
      return error instanceof CocoonError ? error.code : error;
    });
  };
  const engine = embedderOf("vllm", []);
  assert.equal(await code(engine, { ...request, model: "x" }), "model_unknown");
  assert.equal(
    await code(engine, request, { ...options, signal: AbortSignal.abort() }),
    "cancelled",
  );
  assert.equal(await code(embedderOf("vllm", [], { capabilities: [] })), "capability_missing");
  await engine.close();
  assert.equal(await code(engine), "engine_unavailable");
});
