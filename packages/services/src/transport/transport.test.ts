import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import { test } from "node:test";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { CocoonError, createSigningKey, type ErrorCode, type Stream, utf8 } from "@cocoon/protocol";
import type { Refusal } from "./admission.ts";
import { createCarrierCertificate } from "./carrier-certificate.ts";
import { dial, type DialOptions } from "./dial.ts";
import { listen, type ListenOptions } from "./listen.ts";
import type { Peer } from "./peer.ts";
import { systemTimers, type Timers } from "./timers.ts";

const host = "127.0.0.1";
const network = { networkId: -7239, rootAddress: `0:${"ab".repeat(32)}` };
const proxyKey = createSigningKey(new Uint8Array(32).fill(1));
const workerKey = createSigningKey(new Uint8Array(32).fill(2));
const proxy = { ...network, identity: proxyKey, role: "proxy" } as const;
const worker = { ...network, identity: workerKey, role: "worker" } as const;

const isRefusal = (code: ErrorCode) => (error: unknown) =>
  error instanceof CocoonError && error.code === code;

/** Timers of which the test lets one pass by hand. */
function createHandTimers(): Timers & { pass(delayMs: number): void } {
  const pending = new Set<{ delayMs: number; callback: () => void }>();
  return {
    nowMs: () => 0,
    every: () => () => undefined,
    after: (delayMs, callback) => {
      const timer = { delayMs, callback };
      pending.add(timer);
      return () => void pending.delete(timer);
    },
    pass: (delayMs) => {
      for (const timer of pending) {
        if (timer.delayMs === delayMs && pending.delete(timer)) timer.callback();
      }
    },
  };
}

async function listenForTest(options: Partial<ListenOptions> = {}) {
  const peers: Peer[] = [];
  const refusals: Refusal[] = [];
  const waiting: (() => void)[] = [];
  const changed = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  const listener = await listen({
    ...proxy,
    host,
    port: 0,
    onPeer: (peer) => {
      peers.push(peer);
      changed();
    },
    onRefused: (refusal) => {
      refusals.push(refusal);
      changed();
    },
    ...options,
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return {
    ...listener,
    peers,
    peer: async () => {
      await until(() => peers.length > 0);
      return peers[0] ?? assert.fail();
    },
    refusal: async () => {
      await until(() => refusals.length > 0);
      return refusals[0]?.code;
    },
    refusals,
  };
}

const dialTo = (port: number, options: Partial<DialOptions> = {}) =>
  dial({ ...worker, host, port, ...options });

/** A socket that speaks TLS as told and not our protocol. */
async function connectRaw(port: number, options: object = {}): Promise<TLSSocket> {
  const socket = connectTls({ host, port, rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  socket.on("error", () => undefined);
  return socket;
}

async function closedOf(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, "close");
}

/** A server that accepts sockets and hands them to the test. */
async function serveRaw(onSocket: (socket: Socket) => void, isTls: boolean) {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  };
  const server = isTls
    ? createTlsServer({ ...createCarrierCertificate(), ALPNProtocols: ["cocoon/1"] }, accept)
    : createTcpServer(accept);
  server.listen({ host, port: 0 });
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return { port: address.port, close };
}

function frame(stream: number, type: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32BE(payload.length);
  header.writeUInt32BE(stream, 4);
  header[8] = type;
  return Buffer.concat([header, payload]);
}

test("dial() refuses a listener that has another key than the one expected", async () => {
  const listener = await listenForTest();
  await assert.rejects(
    dialTo(listener.port, { expectPublicKey: workerKey.publicKey }),
    isRefusal("handshake_failed"),
  );
  await listener.close();
});

test("dial() and listen() refuse another network and say so to the other side", async () => {
  const listener = await listenForTest();
  await assert.rejects(dialTo(listener.port, { networkId: -239 }), isRefusal("network_mismatch"));
  assert.equal(await listener.refusal(), "network_mismatch");
  assert.equal(listener.peers.length, 0);
  await listener.close();
});

test("listen() refuses a role that it doesn't expect", async () => {
  const listener = await listenForTest({ expectRoles: ["client"] });
  await assert.rejects(dialTo(listener.port), isRefusal("handshake_failed"));
  assert.equal(listener.peers.length, 0);
  await listener.close();
});

test("listen() throws option_invalid when the port is taken", async () => {
  const listener = await listenForTest();
  await assert.rejects(listenForTest({ port: listener.port }), isRefusal("option_invalid"));
  await listener.close();
});

test("dial() throws peer_unreachable when nobody listens and cancelled when told to stop", async () => {
  const listener = await listenForTest();
  await listener.close();
  await assert.rejects(dialTo(listener.port), isRefusal("peer_unreachable"));
  await assert.rejects(
    dialTo(listener.port, { signal: AbortSignal.abort() }),
    isRefusal("cancelled"),
  );
});

test("listen() survives plain TCP with garbage and with an HTTP request", async () => {
  const listener = await listenForTest();
  for (const text of ["GET / HTTP/1.1\r\n\r\n", "\u0000".repeat(5_000)]) {
    const socket = connectTcp({ host, port: listener.port });
    socket.on("error", () => undefined);
    socket.write(text);
    await closedOf(socket);
  }
  assert.equal(await listener.refusal(), "handshake_failed");
  const peer = await dialTo(listener.port);
  await peer.close();
  await listener.close();
});

test("listen() refuses TLS 1.2, a foreign ALPN name and none at all", async () => {
  const listener = await listenForTest();
  const { port } = listener;
  await assert.rejects(connectRaw(port, { maxVersion: "TLSv1.2", ALPNProtocols: ["cocoon/1"] }));
  await assert.rejects(connectRaw(port, { ALPNProtocols: ["h2"] }));
  await closedOf(await connectRaw(port));
  assert.equal(listener.peers.length, 0);
  await listener.close();
});

test("dial() refuses a server that chooses no ALPN name, and one that isn't TLS", async () => {
  const tls = createTlsServer(createCarrierCertificate(), (socket) =>
    socket.on("error", () => undefined),
  );
  tls.listen({ host, port: 0 });
  await once(tls, "listening");
  const address = tls.address();
  assert.ok(typeof address === "object" && address !== null);
  await assert.rejects(dialTo(address.port), isRefusal("handshake_failed"));
  tls.close();
  await once(tls, "close");
  const plain = await serveRaw((socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"), false);
  await assert.rejects(dialTo(plain.port), isRefusal("handshake_failed"));
  await plain.close();
});

test("listen() hands nothing on from a client that sends data before its hello", async () => {
  const listener = await listenForTest();
  const socket = await connectRaw(listener.port, { ALPNProtocols: ["cocoon/1"] });
  socket.write(Buffer.concat([frame(1, 2, Uint8Array.of(1)), frame(1, 3, utf8("secret"))]));
  const [answer] = (await once(socket, "data")) as [Buffer]; // oxlint-disable-line no-unsafe-type-assertion -- a socket's data
  assert.match(answer.toString(), /handshake_failed/);
  await closedOf(socket);
  assert.equal(listener.peers.length, 0);
  assert.equal(await listener.refusal(), "handshake_failed");
  await listener.close();
});

test("listen() destroys a socket that never says hello, before TLS and after", async () => {
  const timers = createHandTimers();
  const listener = await listenForTest({ timers, handshakeTimeoutMs: 5_000 });
  const silent = connectTcp({ host, port: listener.port });
  await once(silent, "connect");
  const silentTls = await connectRaw(listener.port, { ALPNProtocols: ["cocoon/1"] });
  silent.on("error", () => undefined);
  timers.pass(5_000);
  await Promise.all([closedOf(silent), closedOf(silentTls)]);
  assert.equal(await listener.refusal(), "peer_timeout");
  await listener.close();
  assert.deepEqual(
    listener.refusals.map(({ code }) => code),
    ["peer_timeout", "peer_timeout"],
  );
});

test("listen() holds only so many sockets that haven't said who they are", async () => {
  const listener = await listenForTest({ strangersMax: 2 });
  const peer = await dialTo(listener.port);
  const strangers = [0, 1].map(() => connectTcp({ host, port: listener.port }));
  for (const stranger of strangers) {
    stranger.on("error", () => undefined);
    await once(stranger, "connect");
  }
  const third = connectTcp({ host, port: listener.port });
  third.on("error", () => undefined);
  await closedOf(third);
  assert.equal(await listener.refusal(), "queue_full");
  assert.ok(peer.connection.isOpen);
  await peer.close();
  await listener.close();
  await Promise.all(strangers.map(closedOf));
});

test("dial() gives up with peer_timeout on a server that never says hello, with TLS and without", async () => {
  for (const isTls of [true, false]) {
    const timers = createHandTimers();
    const accepted: Socket[] = [];
    const server = await serveRaw((socket) => accepted.push(socket.resume()), isTls);
    const dialing = dialTo(server.port, { timers, handshakeTimeoutMs: 5_000 });
    const refused = assert.rejects(dialing, isRefusal("peer_timeout"));
    while (accepted.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    timers.pass(5_000);
    await refused;
    await server.close();
  }
});

test("dial() gives up at once when its signal says so", async () => {
  const server = await serveRaw((socket) => socket.resume(), true);
  const controller = new AbortController();
  const dialing = dialTo(server.port, { signal: controller.signal });
  controller.abort();
  await assert.rejects(dialing, isRefusal("cancelled"));
  await server.close();
});

test("dial() refuses a server that says something else than hello", async () => {
  const server = await serveRaw((socket) => {
    socket.resume();
    socket.write(frame(2, 2, Uint8Array.of(1)));
  }, true);
  await assert.rejects(dialTo(server.port), isRefusal("handshake_failed"));
  await server.close();
});

test("dial() and listen() give each side the other's key, role and common features", async () => {
  const listener = await listenForTest({ features: ["b", "a"] });
  const near = await dialTo(listener.port, {
    features: ["a", "z"],
    expectPublicKey: proxyKey.publicKey,
    expectRoles: ["proxy"],
  });
  const far = await listener.peer();
  assert.deepEqual(near.publicKey, proxyKey.publicKey);
  assert.deepEqual(far.publicKey, workerKey.publicKey);
  assert.deepEqual([near.role, far.role], ["proxy", "worker"]);
  assert.deepEqual([near.features, far.features], [["a"], ["a"]]);
  assert.deepEqual([near.remoteAddress, far.remoteAddress], [host, host]);
  await near.close();
  await far.connection.closed;
  await listener.close();
});

function serveEcho(peer: Peer): void {
  peer.connection.serve((stream) => void echo(stream));
}

async function echo(stream: Stream): Promise<void> {
  try {
    for await (const message of stream) await stream.send(message);
    stream.end();
  } catch (error) {
    assert.ok(error instanceof CocoonError);
  }
}

/** Sends messages of these sizes while reading; resolves with the sizes that came back. */
async function exchange(stream: Stream, sizes: readonly number[]): Promise<number[]> {
  const send = async () => {
    for (const size of sizes) await stream.send(new Uint8Array(size).fill(stream.id));
    stream.end();
  };
  const returned: number[] = [];
  const receive = async () => {
    for await (const message of stream) {
      assert.ok(message.every((byte) => byte === stream.id % 256));
      returned.push(message.length);
    }
  };
  await Promise.all([send(), receive()]);
  return returned;
}

test("1,000 streams with messages of all sizes come back whole over one connection", async () => {
  const listener = await listenForTest({ onPeer: serveEcho });
  const peer = await dialTo(listener.port);
  let state = 12_345;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const all = Array.from({ length: 1_000 }, () =>
    Array.from({ length: Math.floor(random() * 4) }, () => Math.floor(132_000 * random() ** 8)),
  );
  const returned = await Promise.all(all.map((sizes) => exchange(peer.connection.open(1), sizes)));
  assert.deepEqual(returned, all);
  assert.equal(peer.connection.streamCount, 0);
  await peer.close();
  await listener.close();
});

test("a reader that stops holds back its own stream and no other", async () => {
  const listener = await listenForTest();
  const near = await dialTo(listener.port);
  const far = await listener.peer();
  const accepted: Stream[] = [];
  far.connection.serve((stream) => accepted.push(stream));
  const stuck = near.connection.open(1);
  let sentCount = 0;
  const flood = (async () => {
    for (;;) {
      await stuck.send(new Uint8Array(100_000));
      sentCount += 1;
    }
  })();
  const flooded = assert.rejects(flood, isRefusal("cancelled"));
  const lively = near.connection.open(2);
  await lively.send(utf8("ping"));
  while (accepted.length < 2) await new Promise((resolve) => void setImmediate(resolve));
  const answering = accepted[1] ?? assert.fail();
  assert.deepEqual(await answering.read(), utf8("ping"));
  await answering.send(utf8("pong"));
  assert.deepEqual(await lively.read(), utf8("pong"));
  assert.equal(sentCount, 2);
  accepted[0]?.reset("cancelled");
  await flooded;
  await near.close();
  await listener.close();
});

test("destroying the socket in the middle of transfers settles everything on both sides", async () => {
  const sockets: Socket[] = [];
  const listener = await listenForTest({ onPeer: serveEcho });
  const relay = await serveRaw((socket) => {
    const upstream = connectTcp({ host, port: listener.port });
    sockets.push(socket, upstream);
    upstream.on("error", () => undefined);
    socket.pipe(upstream).pipe(socket);
  }, false);
  const peer = await dialTo(relay.port);
  const streams = Array.from({ length: 50 }, () => peer.connection.open(1));
  const transfers = streams.map((stream) =>
    exchange(
      stream,
      Array.from({ length: 1_000 }, () => 50_000),
    ),
  );
  const idle = streams.map(({ closed }) => closed);
  const witness = peer.connection.open(1);
  await witness.send(utf8("now"));
  await witness.read();
  for (const socket of sockets) socket.destroy();
  const results = await Promise.allSettled(transfers);
  for (const result of results) {
    assert.ok(result.status === "rejected" && isRefusal("peer_unreachable")(result.reason));
  }
  for (const error of await Promise.all(idle)) assert.equal(error?.code, "peer_unreachable");
  for (const { signal } of streams) assert.ok(signal.aborted);
  assert.equal((await peer.connection.closed)?.code, "peer_unreachable");
  await peer.close();
  await relay.close();
  await listener.close();
});

test("Listener.close() ends all connections, goAway() lets their streams finish", async () => {
  const listener = await listenForTest();
  const [first, second] = await Promise.all([dialTo(listener.port), dialTo(listener.port)]);
  while (listener.peers.length < 2) await new Promise((resolve) => void setImmediate(resolve));
  for (const peer of listener.peers) serveEcho(peer);
  const open = first.connection.open(1);
  await open.send(utf8("still"));
  assert.deepEqual(await open.read(), utf8("still"));
  listener.goAway();
  assert.equal(await second.connection.closed, undefined);
  assert.deepEqual(await exchange(open, [5, 6]), [5, 6]);
  assert.equal(await first.connection.closed, undefined);
  const third = await dialTo(listener.port);
  await listener.close();
  assert.equal((await third.connection.closed)?.code, undefined);
});

test("systemTimers calls back once, again and again, and not after it was cancelled", async () => {
  const stop = systemTimers.every(1, () => undefined);
  systemTimers.after(1, () => assert.fail())();
  const before = systemTimers.nowMs();
  await new Promise<void>((resolve) => void systemTimers.after(1, resolve));
  assert.ok(systemTimers.nowMs() > before);
  stop();
});

test("dial() and listen() make Node print no warning", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on("warning", note);
  const listener = await listenForTest();
  const peer = await dialTo(listener.port, { host: "localhost" });
  await peer.close();
  await listener.close();
  // Node emits warnings on its next tick.
  await new Promise((resolve) => void setImmediate(resolve));
  process.off("warning", note);
  assert.deepEqual(warnings, []);
});
