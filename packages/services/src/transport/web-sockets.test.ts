import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { after, test } from "node:test";
import { type Stream, utf8 } from "@cocoon/protocol";
import { dialWebSocket, type DialWebSocketOptions, type Peer } from "@cocoon/sdk";
import { WebSocket } from "ws";
import { createHandTimers, host, isRefusal, proxyKey, workerKey } from "../../testing/transport.ts";
import type { Refusal } from "./admission.ts";
import type { WelcomeOptions } from "./guests.ts";
import { acceptWebSockets } from "./web-sockets.ts";

const network = { networkId: -7239, rootAddress: `0:${"ab".repeat(32)}` };
const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(changes: Partial<WelcomeOptions> = {}) {
  const refusals: Refusal[] = [];
  const accepted = acceptWebSockets({
    ...network,
    identity: proxyKey,
    role: "proxy",
    onPeer: serveEcho,
    onRefused: (refusal) => refusals.push(refusal),
    ...changes,
  });
  const server = createServer().on("upgrade", accepted.upgrade).listen({ host, port: 0 });
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { url: `ws://${host}:${address.port}/wire`, accepted, refusals };
}

function serveEcho(peer: Peer): void {
  peer.connection.serve((stream) => void echo(stream));
}

async function echo(stream: Stream): Promise<void> {
  for await (const message of stream) await stream.send(message);
  stream.end();
}

function dialTo(url: string, changes: Partial<DialWebSocketOptions> = {}): Promise<Peer> {
  return dialWebSocket({
    ...network,
    identity: workerKey,
    role: "client",
    url,
    expectPublicKey: proxyKey.publicKey,
    openSocket: (address, protocol) => new WebSocket(address, protocol),
    ...changes,
  });
}

/** A WebSocket that speaks as told; resolves with how the server closed it. */
async function closeCodeOf(url: string, speak: (socket: WebSocket) => void): Promise<number> {
  const socket = new WebSocket(url, "cocoon.1");
  socket.once("message", () => speak(socket));
  return await new Promise((resolve) => {
    socket.once("close", resolve);
  });
}

test("a WebSocket carries messages of all sizes, many streams at once, and each side knows the other's key", async () => {
  const { url, accepted } = await serve();
  const peer = await dialTo(url);
  assert.deepEqual(peer.publicKey, proxyKey.publicKey);
  assert.equal(peer.role, "proxy");
  const sizes = [0, 1, 100, 8_191, 132_000, 131_072];
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const stream = peer.connection.open(1);
      for (const size of sizes) {
        await stream.send(new Uint8Array(size).fill(index));
        assert.deepEqual(await stream.read(), new Uint8Array(size).fill(index));
      }
      stream.end();
      assert.equal(await stream.read(), undefined);
    }),
  );
  await accepted.close();
  assert.equal((await peer.connection.closed)?.code, undefined);
});

test("dialWebSocket() refuses another key, another network, and a server that is none of ours", async () => {
  const { url } = await serve();
  const expectPublicKey = workerKey.publicKey;
  await assert.rejects(dialTo(url, { expectPublicKey }), isRefusal("handshake_failed"));
  await assert.rejects(dialTo(url, { networkId: -3 }), isRefusal("network_mismatch"));
  const plain = createServer((_, response) => response.end("hello")).listen({ host, port: 0 });
  servers.push(plain);
  await once(plain, "listening");
  const address = plain.address();
  assert.ok(typeof address === "object" && address !== null);
  const elsewhere = `ws://${host}:${address.port}/wire`;
  await assert.rejects(dialTo(elsewhere), isRefusal("peer_unreachable"));
});

test("dialWebSocket() gives up when told to, and when nothing comes", async () => {
  const { url } = await serve();
  await assert.rejects(dialTo(url, { signal: AbortSignal.abort() }), isRefusal("cancelled"));
  const timers = createHandTimers();
  const waiting = dialTo(url, { timers, handshakeTimeoutMs: 7 });
  timers.pass(7);
  await assert.rejects(waiting, isRefusal("peer_timeout"));
});

test("strangers that say something else are closed, and refused with a code", async () => {
  const { url, refusals } = await serve();
  const speeches: readonly ((socket: WebSocket) => void)[] = [
    (socket) => socket.send("text"),
    (socket) => socket.send(new Uint8Array(3)),
    (socket) => {
      for (let count = 0; count < 9; count += 1) socket.send(new Uint8Array(1_120));
    },
    (socket) => socket.close(),
  ];
  for (const speak of speeches) await closeCodeOf(url, speak);
  assert.deepEqual(
    refusals.map(({ code }) => code),
    speeches.map(() => "handshake_failed"),
  );
  assert.equal(await closeCodeOf(url, (socket) => socket.send(new Uint8Array(600_000))), 1_009);
});

test("a message that was altered on the way ends the connection", async () => {
  const { url } = await serve();
  const sockets: WebSocket[] = [];
  const peer = await dialTo(url, {
    openSocket: (address, protocol) => {
      const socket = new WebSocket(address, protocol);
      sockets.push(socket);
      return socket;
    },
  });
  sockets[0]?.send(new Uint8Array(40));
  assert.equal((await peer.connection.closed)?.code, "peer_unreachable");
});

test("more strangers than a listener takes are turned away", async () => {
  const { url, refusals } = await serve({ strangersMax: 1 });
  const silent = new WebSocket(url, "cocoon.1");
  await once(silent, "message");
  await assert.rejects(dialTo(url), isRefusal("peer_unreachable"));
  assert.deepEqual(
    refusals.map(({ code }) => code),
    ["queue_full"],
  );
  silent.terminate();
});

test("a reader that stops holds back its own stream and no other", async () => {
  const near: Stream[] = [];
  const { url } = await serve({
    onPeer: ({ connection }) => connection.serve((stream) => near.push(stream)),
  });
  const peer = await dialTo(url);
  const stuck = peer.connection.open(1);
  let sentCount = 0;
  const flood = (async () => {
    for (;;) {
      await stuck.send(new Uint8Array(100_000));
      sentCount += 1;
    }
  })();
  const lively = peer.connection.open(2);
  await lively.send(utf8("ping"));
  while (near.length < 2) await new Promise((resolve) => void setImmediate(resolve));
  assert.deepEqual(await near[1]?.read(), utf8("ping"));
  assert.equal(sentCount, 2);
  near[0]?.reset("cancelled");
  await assert.rejects(flood, isRefusal("cancelled"));
  await peer.close();
});
