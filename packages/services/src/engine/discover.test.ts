import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Asked,
  readRecording,
  type Recording,
  replayingFetch,
} from "../../testing/recorded-engine.ts";
import { defaultPorts, type DiscoveredEngine, discoverEngines } from "./discover.ts";

/** No test here is about time. */
const timeoutMs = 600_000;

/** One engine at a port, and what it is taken for. */
async function discoverOne(
  recording: Recording,
  port = 9_000,
): Promise<DiscoveredEngine | undefined> {
  const engines = new Map([[port, recording]]);
  const found = await discoverEngines({ ports: [port], fetch: replayingFetch(engines), timeoutMs });
  assert.ok(found.length <= 1);
  return found[0];
}

function without(recording: Recording, ...names: readonly string[]): Recording {
  const exchanges = recording.exchanges.filter(({ name }) => !names.includes(name));
  return { ...recording, exchanges };
}

function answering(status: number, json: unknown): Recording {
  const exchange = { name: "models", method: "GET", path: "/v1/models" } as const;
  return { ...readRecording("vllm"), exchanges: [{ ...exchange, answer: { status, json } }] };
}

test("discoverEngines() knocks at the ports that the five engines listen at by themselves", async () => {
  assert.deepEqual(defaultPorts(), [8_000, 30_000, 8_080, 11_434, 1_234]);
  const engines = new Map([
    [8_000, readRecording("vllm")],
    [30_000, readRecording("sglang")],
    [8_080, readRecording("llama-server")],
    [11_434, readRecording("ollama")],
    [1_234, readRecording("lmstudio")],
  ]);
  const found = await discoverEngines({ fetch: replayingFetch(engines), timeoutMs });
  assert.deepEqual(
    found.map(({ kind, name, baseUrl }) => [kind, name, baseUrl]),
    [
      ["vllm", "vLLM", "http://127.0.0.1:8000/v1"],
      ["sglang", "SGLang", "http://127.0.0.1:30000/v1"],
      ["llama.cpp", "llama.cpp server", "http://127.0.0.1:8080/v1"],
      ["ollama", "Ollama", "http://127.0.0.1:11434/v1"],
      ["lmstudio", "LM Studio", "http://127.0.0.1:1234/v1"],
    ],
  );
});

test("discoverEngines() finds nothing where nobody listens, or something that is no engine does", async () => {
  assert.deepEqual(await discoverEngines({ fetch: replayingFetch(new Map()) }), []);
  for (const [status, json] of [
    [404, { detail: "Not Found" }],
    [500, {}],
    [200, { models: [] }],
    [200, "<html>"],
    [200, { data: [{ name: "no id" }] }],
  ] as const) {
    assert.equal(await discoverOne(answering(status, json)), undefined);
  }
});

test("discoverEngines() says of an engine that wants a key just that, and sends the key that it is given", async () => {
  const locked = await discoverOne(answering(401, { error: "Unauthorized" }));
  assert.deepEqual([locked?.needsKey, locked?.kind, locked?.models], [true, "openai", []]);
  const headers: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = (_input, init) => {
    headers.push(new Headers(init?.headers).get("authorization"));
    return Promise.reject(new TypeError("fetch failed"));
  };
  await discoverEngines({ ports: [1], apiKey: "k-1", fetch });
  assert.deepEqual(headers, ["Bearer k-1"]);
});

test("discoverEngines() gives up on a port that accepts and says nothing", async () => {
  const fetch: typeof globalThis.fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new TypeError("aborted")));
    });
  assert.deepEqual(await discoverEngines({ fetch, timeoutMs: 1 }), []);
});

test("discoverEngines() tells an engine by its answers, wherever it listens", async () => {
  for (const name of ["vllm", "sglang", "llama-server", "ollama", "lmstudio"] as const) {
    const recording = readRecording(name);
    const found = await discoverOne(recording);
    assert.equal(found?.kind, recording.engine);
    assert.equal(found.port, 9_000);
  }
});

test("discoverEngines() takes what it does not know for a server of OpenAI's API, of which nothing is proven", async () => {
  const found = await discoverOne(
    answering(200, { object: "list", data: [{ id: "m", object: "model", owned_by: "me" }] }),
  );
  assert.deepEqual([found?.kind, found?.version, found?.slots], ["openai", undefined, 16]);
  assert.deepEqual(found?.models, [
    {
      id: "m",
      contextTokens: undefined,
      isLoaded: undefined,
      capabilities: ["completions", "penalties"],
    },
  ]);
});

const text = ["completions", "json_object", "json_schema", "logprobs", "penalties"];

test("discoverEngines() reads vLLM's context and version", async () => {
  const found = await discoverOne(readRecording("vllm"));
  assert.equal(found?.version, "0.11.0");
  const [model] = found.models;
  assert.deepEqual([model?.id, model?.contextTokens], ["Qwen/Qwen2.5-7B-Instruct", 32_768]);
  assert.deepEqual(model?.capabilities, [...text, "forced_tools", "tools"].toSorted());
});

test("discoverEngines() takes an SGLang without a parser of calls for one that makes none", async () => {
  const recording = readRecording("sglang");
  const found = await discoverOne(recording);
  assert.deepEqual([found?.version, found?.slots], ["0.5.6", 128]);
  assert.ok(found?.models[0]?.capabilities.includes("tools"));
  const bare = await discoverOne(without(recording, "server_info"));
  assert.deepEqual([bare?.version, bare?.slots], [undefined, 64]);
  assert.deepEqual(bare?.models[0]?.capabilities, text);
});

test("discoverEngines() reads the context of a llama.cpp server's slot, and how many it has", async () => {
  const found = await discoverOne(readRecording("llama-server"));
  assert.equal(found?.models[0]?.contextTokens, 512);
  assert.equal(found.slots, 4);
});

test("discoverEngines() reads what each model of Ollama can do, and the context that it really has", async () => {
  const recording = readRecording("ollama");
  const asked: Asked[] = [];
  const fetch = replayingFetch(new Map([[11_434, recording]]), asked);
  const [found] = await discoverEngines({ ports: [11_434], fetch, timeoutMs });
  assert.equal(found?.version, "0.12.6");
  const [llama, qwen, embedder] = found.models;
  // Not the trained 131,072: it cuts prompts to what it was started with.
  assert.deepEqual([llama?.contextTokens, llama?.isLoaded], [4_096, false]);
  assert.deepEqual(llama?.capabilities, [...text, "tools"].toSorted());
  assert.deepEqual([qwen?.contextTokens, qwen?.isLoaded], [16_384, true]);
  assert.deepEqual([embedder?.contextTokens, embedder?.capabilities], [2_048, ["embeddings"]]);
  assert.ok(asked.every(({ path }) => !path.includes("completions")));
});

test("discoverEngines() makes do with an older Ollama, and with a model that is not loaded", async () => {
  const recording = readRecording("ollama");
  const unloaded = await discoverOne(without(recording, "ps"));
  assert.equal(unloaded?.models[1]?.contextTokens, 8_192);
  const old = await discoverOne(without(recording, "show llama3.2"));
  assert.deepEqual(old?.models[0]?.capabilities, text);
});

test("discoverEngines() reads LM Studio's own list: contexts, models that see, models that embed", async () => {
  const found = await discoverOne(readRecording("lmstudio"));
  const [sees, chats, embeds] = found?.models ?? [];
  const usual = ["completions", "json_schema", "penalties", "tools"];
  assert.deepEqual(sees?.capabilities, [...usual, "images"].toSorted());
  assert.deepEqual([chats?.contextTokens, chats?.isLoaded], [4_096, true]);
  assert.deepEqual(chats?.capabilities, usual);
  assert.deepEqual(embeds?.capabilities, ["embeddings"]);
});
