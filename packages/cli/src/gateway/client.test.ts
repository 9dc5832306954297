import { type RequestListener, createServer } from "node:http";
import { once } from "node:events";
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { toHex, utf8 } from "@cocoon/protocol";
import { portOf } from "../../testing/ports.ts";
import { GatewayClient } from "./client.ts";
import { costOf } from "./cost.ts";

/** Whatever answers at a gateway's address. */
async function serve(
  context: TestContext,
  listener: RequestListener,
  signal?: AbortSignal,
): Promise<GatewayClient> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return new GatewayClient(`http://127.0.0.1:${portOf(server)}`, signal);
}

function reply(status: number, body: object): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
}

function events(...data: readonly string[]): RequestListener {
  return (_request, response) => {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "x-cocoon-receipt": "ab",
      "x-cocoon-worker": "cd",
      "x-cocoon-tier": "dev",
      "x-cocoon-notice": "somebody can read",
    });
    response.end(data.map((text) => `data: ${text}\n\n`).join(""));
  };
}

const chunk = (delta: object, more: object = {}): string =>
  JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }], ...more });
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const question = { model: "m", messages: [], onText: () => undefined };

test("GatewayClient throws a refusal's own code, and peer_misbehaved for what is no gateway of ours", async (context) => {
  const error = { message: "no", type: "insufficient_quota", param: "model", code: "no_worker" };
  const refusing = await serve(context, reply(503, { error }));
  await assert.rejects(refusing.ask(question), { code: "no_worker", details: { param: "model" } });
  await assert.rejects(refusing.channels(), { code: "no_worker" });
  assert.equal(await refusing.isReady(), false);
  for (const body of [{ error: { ...error, code: "of_another_house" } }, { error: 1 }, {}]) {
    const strange = await serve(context, reply(500, body));
    await assert.rejects(strange.status(), { code: "peer_misbehaved", details: { status: 500 } });
  }
  const empty = await serve(context, reply(200, {}));
  await assert.rejects(empty.models(), { code: "peer_misbehaved" });
  await assert.rejects(empty.proof("ab"), { code: "peer_misbehaved" });
  await assert.rejects(empty.ask(question), { code: "peer_unreachable" });
});

test("GatewayClient throws peer_unreachable where nobody listens", async () => {
  const client = new GatewayClient("http://127.0.0.1:1");
  await assert.rejects(client.status(), { code: "peer_unreachable" });
  assert.equal(await client.isReady(), false);
});

test("GatewayClient.ask() throws what broke a stream off, and never takes a piece for the whole", async (context) => {
  const first = chunk({ content: "Hel" });
  const error = JSON.stringify({
    error: { message: "", type: "", param: null, code: "engine_failed" },
  });
  const failing = await serve(context, events(first, error));
  await assert.rejects(failing.ask(question), { code: "engine_failed" });
  const ending = await serve(context, events(first));
  await assert.rejects(ending.ask(question), { code: "peer_unreachable" });
  const babbling = await serve(context, events(first, "{"));
  await assert.rejects(babbling.ask(question), { code: "peer_misbehaved" });
});

test("GatewayClient.ask() hands on pieces as they come, and returns the whole with its receipt", async (context) => {
  const pieces: string[] = [];
  const client = await serve(
    context,
    events(
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hel" }),
      chunk({ content: "lo" }),
      JSON.stringify({ choices: [], usage }),
      "[DONE]",
    ),
  );
  const answered = await client.ask({ ...question, onText: (text) => pieces.push(text) });
  assert.deepEqual(pieces, ["Hel", "lo"]);
  assert.deepEqual(answered, {
    text: "Hello",
    usage: { promptTokens: 3, completionTokens: 2 },
    receipt: "ab",
    worker: "cd",
    tier: "dev",
    notice: "somebody can read",
    content: undefined,
  });
});

test("GatewayClient.ask() takes the content that it asked for, and none that is no content", async (context) => {
  const digests = ["11".repeat(32), "22".repeat(32)];
  const salt = "33".repeat(32);
  const field = (name: string, value: string, more: object = {}): string =>
    JSON.stringify({ object: "cocoon.content", name, salt, digests, value, ...more });
  const honest = await serve(
    context,
    events(field("request", "aGk="), field("answer", ""), "[DONE]"),
  );
  const { content } = await honest.ask({ ...question, wantsContent: true });
  assert.deepEqual(content?.fields, { request: utf8("hi"), answer: new Uint8Array() });
  assert.deepEqual(
    content.digests.map((digest) => toHex(digest)),
    digests,
  );
  assert.equal(toHex(content.salt), salt);
  for (const wrong of [{ salt: "33" }, { digests: "none" }, { value: "?" }, { name: 1 }]) {
    const babbling = await serve(context, events(field("answer", "", wrong), "[DONE]"));
    await assert.rejects(babbling.ask(question), { code: "peer_misbehaved" });
  }
});

test("GatewayClient throws cancelled as soon as its signal aborts", async (context) => {
  const controller = new AbortController();
  const client = await serve(context, () => controller.abort(), controller.signal);
  await assert.rejects(client.ask(question), { code: "cancelled" });
  await assert.rejects(client.isReady(), { code: "cancelled" });
});

test("costOf() finds what an answer cost among the newest receipts", async (context) => {
  const data = [
    { id: "aa", state: "signed", amountNanotons: "7" },
    { id: "ab", state: "anchored", amountNanotons: "2323" },
  ];
  const client = await serve(context, reply(200, { data }));
  assert.equal(await costOf(client, "ab"), 2_323n);
  await assert.rejects(costOf(client, "ac"), { code: "receipt_unknown" });
});
