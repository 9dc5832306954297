import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { utf8 } from "@cocoon/protocol";
import {
  closedOf,
  connectRaw,
  createHandTimers,
  dialTo,
  frame,
  host,
  isRefusal,
  listenForTest,
  proxyKey,
  serveRaw,
  workerKey,
} from "../../testing/transport.ts";
import { createCarrierCertificate } from "./carrier-certificate.ts";
import { systemTimers } from "@cocoon/sdk";

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
