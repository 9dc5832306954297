import assert from "node:assert/strict";
import { connect as connectTcp, type Socket } from "node:net";
import { test } from "node:test";
import { CocoonError, type Stream, utf8 } from "@cocoon/protocol";
import { dialTo, host, isRefusal, listenForTest, serveRaw } from "../../testing/transport.ts";
import type { Peer } from "@cocoon/sdk";

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
