import { type JsonReader, JsonReader as Reader, parseJson } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { WebSocket } from "ws";
import { startTestServer } from "../../../testing/test-server.ts";
import { createTestWallet } from "../../../testing/wallet.ts";
import { bodyBytesMax } from "../request.ts";

const alice = createTestWallet(1);
const bob = createTestWallet(2);
const types = ["account_state_change"];

type Client = {
  readonly webSocket: WebSocket;
  readonly next: () => Promise<JsonReader>;
  /** Sends a text, or an object as JSON, and waits for the next message. */
  readonly ask: (message: object | string) => Promise<JsonReader>;
};

/** A client whose messages come one after another. Ends with the test. */
async function connect(context: TestContext, origin: string): Promise<Client> {
  const webSocket = new WebSocket(`${origin.replace("http", "ws")}/api/streaming/v2/ws`);
  context.after(() => webSocket.terminate());
  const messages: string[] = [];
  webSocket.on("message", (message: Buffer) => messages.push(message.toString()));
  await once(webSocket, "open");
  const next = async () => {
    while (messages.length === 0) await once(webSocket, "message");
    return new Reader(parseJson(messages.shift() ?? "", "internal"), "internal");
  };
  const ask = (message: object | string) => {
    webSocket.send(typeof message === "string" ? message : JSON.stringify(message));
    return next();
  };
  return { webSocket, next, ask };
}

test("a WebSocket refuses each message that asks for nothing it knows, and goes on", async (context) => {
  const { origin } = await startTestServer(context);
  const { ask } = await connect(context, origin);
  const addresses = [alice.address];
  const bad = [
    "",
    "{",
    "[]",
    "null",
    {},
    { operation: "publish" },
    { operation: "subscribe" },
    { operation: "subscribe", addresses, types: ["actions"] },
    { operation: "subscribe", addresses: ["nowhere"], types },
    { operation: "subscribe", addresses, types, min_finality: "soon" },
    { operation: "unsubscribe" },
    { operation: "unsubscribe", addresses: [] },
  ];
  for (const message of bad) {
    const answer = await ask(message);
    assert.equal(answer.uint("code"), 400, JSON.stringify(message));
    assert.ok(answer.string("error").length > 0);
  }
  const named = await ask({ operation: "publish", id: "seven" });
  assert.equal(named.string("id"), "seven");
  const pong = await ask({ operation: "ping", id: "eight" });
  assert.equal(pong.string("status"), "pong");
  assert.equal(pong.string("id"), "eight");
});

test("a WebSocket is told of what its newest subscription names, without what it took back", async (context) => {
  const { ledger, origin } = await startTestServer(context, { blockMs: 3_600_000 });
  const { ask, next } = await connect(context, origin);
  await ledger.mint(alice.address, 1n);
  const confirmed = { operation: "subscribe", types, min_finality: "confirmed" };
  await ask({ ...confirmed, addresses: [alice.address] });
  const replaced = await ask({ ...confirmed, addresses: [alice.address, bob.address], id: "2" });
  assert.equal(replaced.string("status"), "subscribed");
  await ledger.mint(bob.address, 7n);
  const change = await next();
  assert.equal(change.string("type"), "account_state_change");
  assert.equal(change.string("account"), bob.address.toUpperCase());
  assert.equal(change.string("finality"), "confirmed");
  assert.equal(change.object("state").string("balance"), "7");
  const less = await ask({ operation: "unsubscribe", addresses: [bob.address] });
  assert.equal(less.string("status"), "unsubscribed");
  await ledger.mint(bob.address, 7n);
  await ledger.mint(alice.address, 2n);
  assert.equal((await next()).string("account"), alice.address.toUpperCase());
});

test("a WebSocket that has subscribed to nothing is told nothing", async (context) => {
  const { ledger, origin } = await startTestServer(context);
  const { ask } = await connect(context, origin);
  const nothing = await ask({ operation: "unsubscribe", addresses: [bob.address] });
  assert.equal(nothing.string("status"), "unsubscribed");
  await ledger.mint(bob.address, 7n);
  assert.equal((await ask({ operation: "ping" })).string("status"), "pong");
});

test("an oversized message closes its WebSocket alone", async (context) => {
  const { origin } = await startTestServer(context);
  const { webSocket } = await connect(context, origin);
  const { ask } = await connect(context, origin);
  webSocket.send("x".repeat(bodyBytesMax + 1));
  const code = await new Promise<number>((resolve) => webSocket.once("close", resolve));
  assert.equal(code, 1009);
  assert.equal((await ask({ operation: "ping" })).string("status"), "pong");
});

test("a WebSocket is refused at any other path, and when there is room for no more", async (context) => {
  const { origin } = await startTestServer(context);
  const refusalOf = (path: string) => {
    const webSocket = new WebSocket(`${origin.replace("http", "ws")}${path}`);
    return new Promise<number | undefined>((resolve) => {
      webSocket.once("unexpected-response", (request, response) => {
        request.destroy();
        resolve(response.statusCode);
      });
    });
  };
  for (const path of ["/", "/api/streaming/v2/sse", "/api/streaming/v2/wss"]) {
    assert.equal(await refusalOf(path), 404);
  }
  const clients = Array.from({ length: 64 }, () => connect(context, origin));
  await Promise.all(clients);
  assert.equal(await refusalOf("/api/streaming/v2/ws"), 429);
});

test("serveToncenter() closes although WebSockets are open", async (context) => {
  const { origin } = await startTestServer(context);
  const { ask } = await connect(context, origin);
  await ask({ operation: "subscribe", addresses: [bob.address], types });
});
