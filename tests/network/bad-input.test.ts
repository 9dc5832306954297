// What an application may send, and get wrong. Each gets one error in OpenAI's shape, and costs nothing.

import { type ErrorCode, errorTable, nanotons } from "@cocoon/protocol";
import type { Engine, RunningGateway } from "@cocoon/services";
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, suite, test } from "node:test";
import type OpenAI from "openai";
import { baseOf, codeBy, goodRequest, openaiOf, post, refusalBy, refusalIn } from "./ask.ts";
import { createNetwork, modelName, type Network, waitFor } from "./harness.ts";

type BadBody = {
  readonly what: string;
  readonly body: string | object;
  readonly code: ErrorCode;
  readonly param: string | null;
  readonly headers?: Readonly<Record<string, string>>;
};

const bad = (
  what: string,
  body: string | object,
  code: ErrorCode,
  param: string | null = null,
): BadBody => {
  return { what, body, code, param };
};
const changed = (change: object): object => {
  return { ...goodRequest, ...change };
};
const said = (content: unknown): object => changed({ messages: [{ role: "user", content }] });

const malformed: readonly BadBody[] = [
  bad("an empty body", "", "request_malformed"),
  bad("half a JSON text", '{"model": "co', "request_malformed"),
  bad("bytes that are no UTF-8", Uint8Array.of(0x22, 0xff, 0xfe, 0x22), "request_malformed"),
  bad("an empty array", [], "request_malformed"),
  bad("a JSON text that is no object", '"hello"', "request_malformed"),
  bad("null", "null", "request_malformed"),
  bad("a number", "1e999", "request_malformed"),
  bad("an empty object", {}, "request_malformed", "model"),
  bad("a model that is no text", changed({ model: 7 }), "request_malformed", "model"),
  bad("no messages", changed({ messages: undefined }), "request_malformed", "messages"),
  bad("empty messages", changed({ messages: [] }), "request_malformed", "messages"),
  bad("messages of another type", changed({ messages: "hello" }), "request_malformed", "messages"),
  bad(
    "a message that is a text",
    changed({ messages: ["hello"] }),
    "request_malformed",
    "messages[0]",
  ),
  bad("content of another type", said(7), "request_malformed", "messages[0].content"),
  bad(
    "an unknown role",
    changed({ messages: [{ role: "king", content: "" }] }),
    "request_malformed",
    "messages[0].role",
  ),
  bad("a temperature of 3", changed({ temperature: 3 }), "request_malformed", "temperature"),
  bad(
    "a temperature in letters",
    changed({ temperature: "hot" }),
    "request_malformed",
    "temperature",
  ),
  bad("max_tokens of 0", changed({ max_tokens: 0 }), "request_malformed", "max_tokens"),
  bad("max_tokens of -1", changed({ max_tokens: -1 }), "request_malformed", "max_tokens"),
  bad("max_tokens of 1.5", changed({ max_tokens: 1.5 }), "request_malformed", "max_tokens"),
  bad("stream in letters", changed({ stream: "yes" }), "request_malformed", "stream"),
];

const unserved: readonly BadBody[] = [
  bad("an unknown model", changed({ model: "gpt-4o" }), "model_unknown", "model"),
  bad("17 choices", changed({ n: 17 }), "capability_missing", "n"),
  bad(
    "an image",
    said([{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }]),
    "capability_missing",
    "messages[0].content[0]",
  ),
  bad("logprobs", changed({ logprobs: true }), "capability_missing", "logprobs"),
  bad(
    "a prompt over the context length",
    said("hello ".repeat(600)),
    "context_too_long",
    "messages",
  ),
  bad(
    "max_tokens over the context length",
    changed({ max_tokens: 10_000 }),
    "context_too_long",
    "messages",
  ),
];

const withHeaders: readonly BadBody[] = [
  {
    ...bad("a price cap that is no number", goodRequest, "request_malformed", "x-cocoon-max-price"),
    headers: { "x-cocoon-max-price": "cheap" },
  },
  {
    ...bad("a price cap below zero", goodRequest, "request_malformed", "x-cocoon-max-price"),
    headers: { "x-cocoon-max-price": "-1" },
  },
  {
    ...bad("a price cap below every offer", goodRequest, "price_above_cap"),
    headers: { "x-cocoon-max-price": "0.01" },
  },
  {
    ...bad("a price cap of nothing", goodRequest, "price_above_cap"),
    headers: { "x-cocoon-max-price": "0" },
  },
  {
    ...bad("a tier above all workers'", goodRequest, "no_worker"),
    headers: { "x-cocoon-tier": "confidential" },
  },
  {
    ...bad("a tier that does not exist", goodRequest, "tier_unknown", "x-cocoon-tier"),
    headers: { "x-cocoon-tier": "secret" },
  },
];

suite("bad input", () => {
  let network: Network;
  let engine: Engine;
  let gateway: RunningGateway;
  let openai: OpenAI;

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1", {
      engine: (real) => {
        engine = real;
        return real;
      },
    });
    gateway = await network.startGateway();
    openai = openaiOf(gateway);
    await waitFor("there is an answer", () => post(gateway, goodRequest).then(({ ok }) => ok));
  });
  after(() => network.stop());

  /** What the proxy has logged at all, in nanotons, whatever became of it. */
  const loggedNanotons = (): bigint => {
    const [books] = network.books("proxy", "incoming_channels");
    const sums = ["posted", "pending", "released"].map((sum) => BigInt(books?.[sum] ?? 0n));
    return sums.reduce((total, sum) => total + sum, 0n);
  };

  /** Runs what must not cost anything, and sees that it has not and that nothing of it goes on. */
  const forNothing = async (work: () => Promise<void>): Promise<void> => {
    const logged = loggedNanotons();
    await work();
    assert.equal(loggedNanotons(), logged);
    await waitFor("the engine rests", () => engine.load().active === 0);
    assert.equal(engine.load().queued, 0);
  };

  for (const { what, body, code, param, headers } of [...malformed, ...unserved, ...withHeaders]) {
    test(`POST /v1/chat/completions refuses ${what} with ${code}, to fetch and to openai`, () =>
      forNothing(async () => {
        const { status, type } = errorTable[code];
        const expected = { status, code, param, type };
        assert.deepEqual(await refusalIn(await post(gateway, body, headers)), expected);
        if (typeof body === "string" || body instanceof Uint8Array || code === "no_worker") return;
        // oxlint-disable-next-line no-unsafe-type-assertion -- as an application without types would call it
        const asked = body as OpenAI.ChatCompletionCreateParamsStreaming;
        const options = headers === undefined ? {} : { headers };
        const ask = (wanted: OpenAI.ChatCompletionCreateParams): PromiseLike<unknown> =>
          openai.chat.completions.create(wanted, options);
        const streamed = { ...asked, stream: true as const };
        assert.deepEqual(await refusalBy(ask(asked)), expected);
        if ("stream" in asked || Array.isArray(body)) return;
        assert.deepEqual(await refusalBy(ask(streamed)), expected);
      }));
  }

  test("a prompt of more bytes than the context has tokens is answered when its tokens fit", async () => {
    const content = "Say hello to the whole network. ".repeat(30);
    const { usage } = await openai.chat.completions.create({
      ...goodRequest,
      messages: [{ role: "user", content }],
    });
    assert.ok(content.length > 512 && (usage?.prompt_tokens ?? 0) > 100);
    assert.ok((usage?.total_tokens ?? 0) <= 512);
  });

  test("an array a million deep is refused, by whoever first has to write it again", () =>
    forNothing(async () => {
      const depth = 500_000;
      const text = JSON.stringify(goodRequest).replace(/\}$/, `,"metadata":${"[".repeat(depth)}`);
      const response = await post(gateway, `${text}${"]".repeat(depth)}}`);
      assert.equal((await refusalIn(response)).code, "request_malformed");
    }));

  test("a body of 100 MB is refused by its announced length, before it is sent", () =>
    forNothing(async () => {
      const { status, body } = await announce(gateway, { "content-length": "100000000" });
      assert.equal(status, 413);
      assert.match(body, /"code":"request_too_large"/);
    }));

  test("a body of 100 MB in chunks is refused when the limit has passed", () =>
    forNothing(async () => {
      const { status, body, sentBytes } = await announce(gateway, {});
      assert.equal(status, 413);
      assert.match(body, /"code":"request_too_large"/);
      assert.ok(sentBytes < 50_000_000, `${sentBytes} bytes were taken`);
    }));

  test("a body of 100 MB is refused to fetch and to openai, whole or in chunks", () =>
    forNothing(async () => {
      const content = "a".repeat(100_000_000);
      assert.equal(
        await codeBy(
          openai.chat.completions.create({ ...goodRequest, messages: [{ role: "user", content }] }),
        ),
        "request_too_large",
      );
      const response = await post(gateway, content);
      assert.equal((await refusalIn(response)).code, "request_too_large");
    }));

  for (const [method, path] of [
    ["GET", "/v1/chat/completions"],
    ["DELETE", "/v1/chat/completions"],
    ["POST", "/v1/models"],
    ["POST", "/v1/audio/speech"],
    ["GET", "/"],
    ["GET", "/v1/chat/completions/../../../etc/passwd"],
    ["GET", "/%ff%fe"],
  ] as const) {
    test(`${method} ${path} is refused with route_unknown`, async () => {
      const response = await fetch(`${baseOf(gateway)}${path}`, { method });
      const refusal = await refusalIn(response);
      assert.deepEqual(refusal, {
        status: 404,
        code: "route_unknown",
        param: null,
        type: "invalid_request_error",
      });
    });
  }

  test("what is no receipt's id is refused with receipt_unknown, and a limit that is none with request_malformed", async () => {
    for (const id of ["0".repeat(32), "x", "%00", "a".repeat(5_000)]) {
      const response = await fetch(`${baseOf(gateway)}/v1/receipts/${id}`);
      assert.equal((await refusalIn(response)).code, "receipt_unknown");
    }
    for (const limit of ["0", "-1", "x", "1.5", "1000000"]) {
      const response = await fetch(`${baseOf(gateway)}/v1/receipts?limit=${limit}`);
      assert.equal((await refusalIn(response)).code, "request_malformed");
    }
  });

  test("a channel that the gateway does not have can't be closed, and no page of another origin can try", async () => {
    const close = (address: string, type: string): Promise<Response> =>
      fetch(`${baseOf(gateway)}/v1/channels/${address}/close`, {
        method: "POST",
        headers: { "content-type": type },
        body: "{}",
      });
    const unknown = await close(`0:${"0".repeat(64)}`, "application/json");
    assert.equal((await refusalIn(unknown)).code, "channel_unknown");
    const foreign = await close(`0:${"0".repeat(64)}`, "text/plain");
    assert.equal((await refusalIn(foreign)).code, "request_malformed");
  });

  test("a deposit that is too small for the request is refused with balance_insufficient, and serves a smaller one", async () => {
    const poor = await network.startGateway(
      { depositNanotons: nanotons(60_000n) },
      { name: "poor" },
    );
    const ask = (tokens: number) =>
      openaiOf(poor).chat.completions.create({ ...goodRequest, max_tokens: tokens });
    const refusal = await refusalBy(ask(300));
    assert.deepEqual(refusal, {
      status: 402,
      code: "balance_insufficient",
      param: null,
      type: "insufficient_quota",
    });
    assert.equal((await ask(8)).model, modelName);
    await poor.close();
  });

  test("after all of it the gateway answers, and has paid for its answers alone", async () => {
    const completion = await openai.chat.completions.create(goodRequest);
    assert.ok((completion.choices[0]?.message.content ?? "").length > 0);
    await waitFor("all of it is paid", () => {
      const [books] = network.books("proxy", "incoming_channels");
      return books !== undefined && books["vouchered"] === loggedNanotons();
    });
  });
});

/** Sends the head of a request and then its body, for as long as nobody answers. */
function announce(
  { port }: RunningGateway,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: string; readonly sentBytes: number }> {
  const isAnnounced = "content-length" in headers;
  const piece = Buffer.alloc(65_536, "a");
  return new Promise((resolve, reject) => {
    let sentBytes = 0;
    let isAnswered = false;
    const sending = request({
      host: "127.0.0.1",
      port,
      method: "POST",
      path: "/v1/chat/completions",
      headers: { "content-type": "application/json", ...headers },
    });
    const send = (): void => {
      if (isAnswered || sentBytes >= 100_000_000) return;
      sentBytes += piece.length;
      sending.write(piece, send);
    };
    sending.on("error", (error) => {
      if (!isAnswered) reject(error);
    });
    sending.on("response", (response) => {
      isAnswered = true;
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => (body += text));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body, sentBytes });
        sending.destroy();
      });
    });
    if (isAnnounced) {
      sending.write("{");
      return;
    }
    send();
  });
}
