// How an HTTP backend's prompt cache is divided: by a salt for each channel and user that gives neither away.

import { type ChatRequest, ChunkWriter, encodeEvent, parseChatRequest } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { createHttpEngine, type HttpEngineOptions } from "./http-engine.ts";

const channel = `0:${"c1".repeat(32)}`;
const request = parseChatRequest({ model: "m", messages: [{ role: "user", content: "hi" }] });

/** An engine in front of a backend that says one word to everything, and what the backend was sent. */
function engineOf(options: Partial<HttpEngineOptions>) {
  const bodies: Record<string, unknown>[] = [];
  const answer: typeof globalThis.fetch = (_url, init) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- a JSON text, by HttpBackend
    bodies.push(JSON.parse(init?.body as string) as Record<string, unknown>);
    const writer = new ChunkWriter({ id: "x", created: 0, model: "m" });
    const usage = { promptTokens: 1, completionTokens: 1 };
    const chunks = [writer.delta({ content: "x" }), writer.finish("stop"), writer.usage(usage)];
    const headers = { "content-type": "text/event-stream" };
    const text = chunks.map((chunk) => encodeEvent(chunk)).join("");
    return Promise.resolve(new Response(text, { headers }));
  };
  const backend = { baseUrl: "http://127.0.0.1:1/v1", model: "m", fetch: answer };
  return { engine: createHttpEngine({ ...backend, ...options }), bodies };
}

type Sent = { readonly cacheScope?: string; readonly user?: string };

async function saltsOf(options: Partial<HttpEngineOptions>, sent: readonly Sent[]) {
  const { engine, bodies } = engineOf(options);
  for (const { cacheScope, user } of sent) {
    const asked: ChatRequest = { ...request, ...(user !== undefined && { user }) };
    const { signal } = new AbortController();
    for await (const event of engine.run(asked, { signal, requestId: "1", cacheScope })) {
      assert.ok(event);
    }
  }
  await engine.close();
  return { salts: bodies.map((body) => body["cache_salt"]), text: JSON.stringify(bodies) };
}

test("a backend that knows no cache_salt is sent none", async () => {
  const { salts } = await saltsOf({}, [{ cacheScope: channel }]);
  assert.deepEqual(salts, [undefined]);
});

test("each channel, and each user of one, has a salt of its own that stays the same and names nobody", async () => {
  const sent = [
    { cacheScope: channel },
    { cacheScope: channel },
    { cacheScope: channel, user: "ann" },
    { cacheScope: channel, user: "bob" },
    { cacheScope: "0:other" },
  ];
  const { salts, text } = await saltsOf({ kind: "vllm" }, sent);
  assert.equal(salts[0], salts[1]);
  assert.equal(new Set(salts).size, 4);
  for (const salt of salts) assert.match(String(salt), /^[0-9a-f]{32}$/);
  assert.ok(!text.includes(channel));
  const restarted = await saltsOf({ kind: "vllm" }, sent.slice(0, 1));
  assert.notEqual(restarted.salts[0], salts[0]);
});

test("without a scope nothing is shared, not even with the same caller", async () => {
  const { salts } = await saltsOf({ kind: "vllm" }, [{}, {}]);
  assert.equal(new Set(salts).size, 2);
});
