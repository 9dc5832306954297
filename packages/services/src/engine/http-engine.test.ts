import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, suite, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type ChatChunk,
  type ChatRequest,
  ChunkWriter,
  CocoonError,
  decodeChatRequest,
  doneEvent,
  encodeEvent,
  encodeModelList,
  encodeUsage,
  errorBody,
  parseChatRequest,
} from "@cocoon/protocol";
import { chatDeltaOf, type EngineEvent, type EngineFinish, type RunOptions } from "./engine.ts";
import { createHttpEngine, type HttpEngineOptions } from "./http-engine.ts";
import { probeHttpEngine } from "./http-probe.ts";
import { createLlamaEngine, type LlamaEngine } from "./llama-engine.ts";

const modelPath = fileURLToPath(
  new URL("../../../../models/cocoon-tiny/cocoon-tiny-3m-q8_0.gguf", import.meta.url),
);
const model = "tiny";
const canary = "canary-5c1f";

/** How a backend words its stream; each has its own path. */
type Wording = (chunks: readonly ChatChunk[]) => readonly string[];

const usageOf = (chunks: readonly ChatChunk[]) => chunks.at(-1)?.usage;
const withoutUsage = (chunks: readonly ChatChunk[]) => chunks.slice(0, -1);

const wordings: Readonly<Record<string, Wording>> = {
  usage_chunk: (chunks) => [...chunks.map(encodeEvent), doneEvent],
  content_chunk: (chunks) => {
    const last = { ...chunks.at(-2), usage: usageOf(chunks) };
    return [...chunks.slice(0, -2).map(encodeEvent), encodeEvent(last), doneEvent];
  },
  every_chunk: (chunks) => {
    const running = withoutUsage(chunks).map((chunk, index) => {
      const usage = encodeUsage({ promptTokens: 3, completionTokens: index });
      return encodeEvent(Object.assign({ usage }, chunk));
    });
    return [...running, ...chunks.slice(-1).map(encodeEvent), doneEvent];
  },
  odd: (chunks) => {
    const text = chunks.map((chunk) => `: keep-alive\r\n\r\n${encodeEvent(chunk)}`).join("");
    return Array.from(text.replaceAll("\n", "\r\n").replace(/\r\r\n/g, "\r\n"));
  },
  no_usage: (chunks) => [...withoutUsage(chunks).map(encodeEvent), doneEvent],
  zero_usage: (chunks) => {
    const zero = encodeUsage({ promptTokens: 0, completionTokens: 0 });
    const last = { ...chunks.at(-1), usage: zero };
    return [...withoutUsage(chunks).map(encodeEvent), encodeEvent(last), doneEvent];
  },
  no_finish: (chunks) => [...chunks.slice(0, 2).map(encodeEvent), doneEvent],
  error_event: (chunks) => [
    ...chunks.slice(0, 2).map(encodeEvent),
    encodeEvent({ error: { message: canary } }),
  ],
  no_json: () => [`data: {${canary}\n\n`],
  no_chunk: () => [`data: {"choices":"${canary}"}\n\n`],
};

/** Backends that refuse before any stream. */
const refusals: Readonly<Record<string, readonly [number, object]>> = {
  busy: [429, { error: { message: canary } }],
  broken: [500, { error: { message: canary } }],
  forbidden: [401, { error: { message: canary } }],
  too_long: [400, { error: { message: `maximum context length is 8, not ${canary}` } }],
  bad: [400, { error: { message: canary } }],
  long_refusal: [400, { error: { message: canary.repeat(2_000) } }],
  not_stream: [200, { choices: [] }],
};

/** A real backend: the embedded model behind OpenAI's interface, in every wording. */
class TestBackend {
  readonly server: Server;
  readonly #engine: LlamaEngine;
  /** Request bodies, in their order. */
  readonly bodies: ChatRequest[] = [];
  readonly authorizations: Array<string | undefined> = [];
  closedEarly = 0;

  constructor(engine: LlamaEngine) {
    this.#engine = engine;
    this.server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        const { status, body } = errorBody(error);
        response.writeHead(status).end(JSON.stringify(body));
      });
    });
  }

  url(variant: string): string {
    // oxlint-disable-next-line no-unsafe-type-assertion -- a listening TCP server's address
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${variant}/v1`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, variant = "", , path] = (request.url ?? "").split("/");
    this.authorizations.push(request.headers.authorization);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const refusal = refusals[variant];
    if (path === "models") {
      if (variant === "no_list") response.writeHead(404);
      const listed = { id: model, created: 0, ownedBy: "test", contextTokens: 512 };
      response.end(JSON.stringify(encodeModelList([listed])));
    } else if (refusal !== undefined) {
      const headers = { "content-type": "application/json", "retry-after": "7" };
      response.writeHead(refusal[0], headers).end(JSON.stringify(refusal[1]));
    } else if (variant === "redirect") {
      response.writeHead(307, { location: this.url("usage_chunk") }).end();
    } else {
      await this.#stream(variant, decodeChatRequest(Buffer.concat(pieces)), response);
    }
  }

  async #stream(variant: string, body: ChatRequest, response: ServerResponse): Promise<void> {
    this.bodies.push(body);
    response.on("close", () => {
      if (!response.writableFinished) this.closedEarly += 1;
    });
    const chunks = variant === "hanging" ? [] : await this.#chunks(body);
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    if (variant === "hanging") {
      response.write(
        encodeEvent(new ChunkWriter({ id: "x", created: 0, model }).delta({ content: "x" })),
      );
      return;
    }
    const pieces = (wordings[variant] ?? wordings["usage_chunk"])?.(chunks) ?? [];
    const isCut = variant === "cut";
    for (const piece of isCut ? pieces.slice(0, 3) : pieces) {
      await new Promise((resolve) => response.write(piece, resolve));
    }
    if (isCut) response.destroy();
    else response.end();
  }

  async #chunks(body: ChatRequest): Promise<readonly ChatChunk[]> {
    const writer = new ChunkWriter({ id: "chatcmpl-1", created: 1, model });
    const chunks = [writer.opening()];
    const options = { signal: new AbortController().signal, requestId: "backend" };
    for await (const event of this.#engine.run(body, options)) {
      if (event.type === "delta") chunks.push(writer.delta(chatDeltaOf(event)));
      else chunks.push(writer.finish(event.reason), writer.usage(event.usage));
    }
    return chunks;
  }
}

let llama: LlamaEngine;
let backend: TestBackend;

suite("createHttpEngine()", () => {
  before(async () => {
    llama = await createLlamaEngine({ modelPath, modelId: model, slots: 4 });
    backend = new TestBackend(llama);
    backend.server.listen(0, "127.0.0.1");
    await once(backend.server, "listening");
  });
  after(async () => {
    backend.server.closeAllConnections();
    backend.server.close();
    await llama.close();
  });
  answers();
  refused();
  endings();
  paid();
  probes();
});

function ask(content: string, options: object = {}): ChatRequest {
  return parseChatRequest({ model, messages: [{ role: "user", content }], ...options });
}

type Answer = { readonly text: string; readonly finish: EngineFinish };

async function answerOf(
  variant: string,
  request: ChatRequest,
  options: Partial<RunOptions & HttpEngineOptions> = {},
): Promise<Answer> {
  const engine = createHttpEngine({ baseUrl: backend.url(variant), model, ...options });
  const events: EngineEvent[] = [];
  const signal = new AbortController().signal;
  for await (const event of engine.run(request, { signal, requestId: "r", ...options })) {
    events.push(event);
  }
  await engine.close();
  const finish = events.at(-1);
  assert.equal(finish?.type, "finish");
  return {
    text: events.map((event) => (event.type === "delta" ? event.text : "")).join(""),
    finish,
  };
}

/** Whether a thrown value is the refusal and says nothing of what the backend wrote. */
function hasCode(code: string): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof CocoonError, String(thrown));
    assert.equal(thrown.code, code);
    assert.ok(!JSON.stringify([thrown.message, thrown.details]).includes(canary));
    return true;
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(2);
}

function answers(): void {
  test("run() gives the same answer and usage wherever and however the backend reports it", async () => {
    const request = ask("What is a worker node?");
    const direct: EngineEvent[] = [];
    const options = { signal: new AbortController().signal, requestId: "r" };
    for await (const event of llama.run(request, options)) direct.push(event);
    const text = direct.map((event) => (event.type === "delta" ? event.text : "")).join("");
    const finish = direct.at(-1);
    assert.equal(finish?.type, "finish");
    for (const variant of ["usage_chunk", "content_chunk", "every_chunk", "odd"]) {
      const answer = await answerOf(variant, request);
      assert.equal(answer.text, text, variant);
      assert.deepEqual(
        answer.finish,
        { type: "finish", reason: "stop", usage: finish.usage },
        variant,
      );
    }
  });

  test("run() asks the backend for its own model, streamed, with usage and key", async () => {
    const request = parseChatRequest({
      model: "ours",
      messages: [{ role: "user", content: "hi" }],
      max_tokens: 5,
    });
    await answerOf("usage_chunk", request, { modelId: "ours", apiKey: "k-1" });
    const sent = backend.bodies.at(-1);
    assert.equal(sent?.model, model);
    assert.deepEqual([sent.stream, sent.includeUsage, sent.tokensMax], [true, true, 5]);
    assert.equal(backend.authorizations.at(-1), "Bearer k-1");
  });

  test("run() keeps a cached token count that the backend does not report unknown", async () => {
    const { finish } = await answerOf("every_chunk", ask("hi"));
    assert.equal(finish.usage.cachedTokens, 0);
    const unknown: Answer = await answerOf("usage_chunk", ask("hi"), {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        const text = (await response.text()).replace(/,"prompt_tokens_details":\{[^}]*\}/, "");
        return new Response(text, response);
      },
    });
    assert.equal(unknown.finish.usage.cachedTokens, undefined);
  });
}

function refused(): void {
  for (const [variant, code] of [
    ["no_usage", "usage_missing"],
    ["zero_usage", "usage_missing"],
    ["no_finish", "engine_failed"],
    ["error_event", "engine_failed"],
    ["no_json", "engine_failed"],
    ["no_chunk", "engine_failed"],
    ["cut", "engine_failed"],
    ["not_stream", "engine_failed"],
    ["busy", "queue_full"],
    ["broken", "engine_failed"],
    ["forbidden", "engine_unavailable"],
    ["redirect", "engine_unavailable"],
    ["too_long", "context_too_long"],
    ["bad", "request_malformed"],
    ["long_refusal", "request_malformed"],
  ] as const) {
    test(`run() throws ${code} for a backend that is ${variant}, and nothing that it wrote`, async () => {
      await assert.rejects(answerOf(variant, ask(`hello ${canary}`)), hasCode(code));
    });
  }

  test("run() says engine_unavailable when nobody listens", async () => {
    const baseUrl = "http://127.0.0.1:1/v1";
    await assert.rejects(answerOf("", ask("hi"), { baseUrl }), hasCode("engine_unavailable"));
  });

  test("run() refuses another model and what the backend is not said to do", async () => {
    const other = parseChatRequest({ model: "x", messages: [{ role: "user", content: "hi" }] });
    await assert.rejects(answerOf("usage_chunk", other), hasCode("model_unknown"));
    const request = ask("hi", { logprobs: true });
    const options = { capabilities: [] };
    await assert.rejects(answerOf("usage_chunk", request, options), hasCode("capability_missing"));
  });
}

test("createHttpEngine() refuses a URL off this host unless told otherwise", () => {
  for (const baseUrl of [
    "http://10.0.0.1/v1",
    "https://api.example.com/v1",
    "http://127.0.0.1.example.com/v1",
    "file:///v1",
    "nonsense",
  ]) {
    assert.throws(() => createHttpEngine({ baseUrl, model }), hasCode("option_invalid"));
  }
  for (const baseUrl of ["http://localhost:1/v1", "http://[::1]:1/v1", "http://127.1.2.3/"]) {
    createHttpEngine({ baseUrl, model });
  }
  createHttpEngine({ baseUrl: "http://10.0.0.1/v1", model, allowRemote: true });
});

function endings(): void {
  test("run() closes the connection when it is cancelled, left, or the engine closes", async () => {
    const engine = createHttpEngine({ baseUrl: backend.url("hanging"), model, slots: 1 });
    const controller = new AbortController();
    const options = { signal: controller.signal, requestId: "r" };
    const next = { signal: new AbortController().signal, requestId: "r" };
    const closedBefore = backend.closedEarly;

    const cancelled = engine.run(ask("hi"), options)[Symbol.asyncIterator]();
    assert.equal((await cancelled.next()).done, false);
    assert.deepEqual(engine.load(), { active: 1, queued: 0, slots: 1 });
    controller.abort();
    await assert.rejects(cancelled.next(), hasCode("cancelled"));
    await until(() => backend.closedEarly === closedBefore + 1);

    for await (const event of engine.run(ask("hi"), next)) {
      assert.equal(event.type, "delta");
      break;
    }
    await until(() => backend.closedEarly === closedBefore + 2);

    const closed = engine.run(ask("hi"), next)[Symbol.asyncIterator]();
    await closed.next();
    const waiting = assert.rejects(
      engine.run(ask("hi"), next)[Symbol.asyncIterator]().next(),
      hasCode("engine_unavailable"),
    );
    await engine.close();
    await assert.rejects(closed.next(), hasCode("engine_unavailable"));
    await waiting;
    await until(() => backend.closedEarly === closedBefore + 3);
    assert.deepEqual(engine.load(), { active: 0, queued: 0, slots: 1 });
    await assert.rejects(
      engine.run(ask("hi"), next)[Symbol.asyncIterator]().next(),
      hasCode("engine_unavailable"),
    );
  });
}

function paid(): void {
  test("run() keeps prompt and answer within what is paid, counting the prompt only if it must", async () => {
    const story = ask("Tell me a story about a cat");
    const askedBefore = backend.bodies.length;
    const wide = await answerOf("usage_chunk", story, { tokensMax: 400 });
    assert.equal(backend.bodies.length, askedBefore + 1);
    const tokensMax = wide.finish.usage.promptTokens + 6;
    const narrow = await answerOf("usage_chunk", story, { tokensMax });
    assert.equal(backend.bodies.length, askedBefore + 3);
    assert.equal(narrow.finish.reason, "length");
    assert.equal(narrow.finish.usage.completionTokens, 6);
    const unpaid = answerOf("usage_chunk", story, { tokensMax: tokensMax - 6 });
    await assert.rejects(unpaid, hasCode("context_too_long"));
  });
}

function probes(): void {
  test("probeHttpEngine() says where a backend reports usage and how long its context is", async () => {
    for (const usagePlace of ["usage_chunk", "content_chunk", "every_chunk"] as const) {
      const probe = await probeHttpEngine({ baseUrl: backend.url(usagePlace), model });
      const { kind, contextTokens, reportsCachedTokens } = probe;
      assert.deepEqual([kind, contextTokens, reportsCachedTokens], ["openai", 512, true]);
      assert.equal(probe.usagePlace, usagePlace);
    }
    const unlisted = await probeHttpEngine({ baseUrl: backend.url("no_list"), model });
    assert.equal(unlisted.contextTokens, undefined);
  });

  test("probeHttpEngine() refuses a backend that lacks the model, counts nothing or never answers", async () => {
    const probe = (variant: string, options: object = {}) =>
      probeHttpEngine({ baseUrl: backend.url(variant), model, ...options });
    await assert.rejects(probe("usage_chunk", { model: "x" }), hasCode("engine_unavailable"));
    await assert.rejects(probe("no_usage"), hasCode("usage_missing"));
    await assert.rejects(probe("no_finish"), hasCode("engine_failed"));
    await assert.rejects(probe("hanging", { timeoutMs: 50 }), hasCode("engine_unavailable"));
  });
}
