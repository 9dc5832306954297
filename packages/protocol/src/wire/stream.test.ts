import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError } from "../errors/index.ts";
import { messageOverheadBytes, payloadBytesMax, windowBytes } from "./frame.ts";
import { createConnectionPair } from "./pair.ts";
import type { Stream } from "./stream.ts";

/** Lets everything that is in flight arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

async function openPair() {
  const pair = createConnectionPair();
  const accepted: Stream[] = [];
  pair.listener.serve((stream) => accepted.push(stream));
  const near = pair.dialer.open(3);
  await settle();
  const far = accepted[0] ?? assert.fail("no stream");
  return { ...pair, near, far, accepted };
}

async function readAll(stream: Stream): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

const isRefusal = (code: string) => (error: unknown) =>
  error instanceof CocoonError && error.code === code;

test("send() rejects what is a bug of the caller: too long, or after end()", async () => {
  const { near } = await openPair();
  await assert.rejects(near.send(new Uint8Array(payloadBytesMax + 1)), RangeError);
  near.end();
  await assert.rejects(near.send(new Uint8Array(1)), RangeError);
});

test("read() rejects a second reader", async () => {
  const { near, cut } = await openPair();
  const first = near.read();
  await assert.rejects(near.read(), RangeError);
  cut();
  await assert.rejects(first, isRefusal("peer_unreachable"));
});

test("send() stops at the window when nobody reads, and goes on as the reader takes", async () => {
  const { near, far } = await openPair();
  const size = 10_000;
  const fitting = Math.floor(windowBytes / (size + messageOverheadBytes));
  let sentCount = 0;
  const sending = (async () => {
    for (let index = 0; index < 200; index += 1) {
      await near.send(new Uint8Array(size).fill(index));
      sentCount += 1;
    }
    near.end();
  })();
  await settle();
  assert.equal(sentCount, fitting);
  for (let index = 0; index < fitting; index += 1) await far.read();
  await settle();
  assert.ok(sentCount > fitting && sentCount <= 2 * fitting);
  const rest = await readAll(far);
  await sending;
  assert.equal(rest.length, 200 - fitting);
  assert.ok(rest.every((message, index) => message[0] === fitting + index));
});

test("messages keep their order when nobody waits for send()", async () => {
  const { near, far } = await openPair();
  const sends = Array.from({ length: 300 }, (_, index) =>
    near.send(new Uint8Array(3_000).fill(index % 251)),
  );
  near.end();
  const messages = await readAll(far);
  await Promise.all(sends);
  assert.deepEqual(
    messages.map(([first]) => first),
    Array.from({ length: 300 }, (_, index) => index % 251),
  );
});

test("end() closes one direction; the stream is over when both are closed", async () => {
  const { near, far, dialer, listener } = await openPair();
  near.end();
  assert.equal(await far.read(), undefined);
  await far.send(Uint8Array.of(1));
  assert.equal(dialer.streamCount, 1);
  far.end();
  assert.deepEqual(await readAll(near), [Uint8Array.of(1)]);
  assert.equal(await near.closed, undefined);
  assert.equal(await far.closed, undefined);
  assert.equal(dialer.streamCount + listener.streamCount, 0);
  near.reset("cancelled");
  assert.equal(near.signal.aborted, false);
});

test("reset() carries code and details, settles both sides and aborts both signals", async () => {
  const { near, far, dialer } = await openPair();
  const stuck = near
    .send(new Uint8Array(payloadBytesMax))
    .then(() => near.send(new Uint8Array(payloadBytesMax)));
  const reading = near.read();
  const { signal } = far;
  far.reset("context_too_long", { tokensMax: 512 });
  await assert.rejects(stuck, isRefusal("context_too_long"));
  await assert.rejects(reading, isRefusal("context_too_long"));
  const closed = await near.closed;
  assert.deepEqual(closed?.details, { tokensMax: 512 });
  assert.equal(near.signal.reason, closed);
  assert.ok(isRefusal("context_too_long")(signal.reason));
  await assert.rejects(far.send(new Uint8Array(1)), isRefusal("context_too_long"));
  assert.equal(dialer.streamCount, 0);
  assert.ok(dialer.isOpen);
});

test("what arrived before a reset is still read, then the reset is thrown", async () => {
  const { near, far } = await openPair();
  await near.send(Uint8Array.of(1));
  near.reset("engine_failed");
  await settle();
  assert.ok(far.signal.aborted);
  assert.deepEqual(await far.read(), Uint8Array.of(1));
  await assert.rejects(far.read(), isRefusal("engine_failed"));
});

test("a lost connection settles every send, read, signal and closed", async () => {
  const { near, far, dialer, listener, cut } = await openPair();
  const sends = Array.from({ length: 5 }, () => near.send(new Uint8Array(payloadBytesMax)));
  const reading = near.read();
  await settle();
  cut();
  const results = await Promise.allSettled(sends);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected", "rejected", "rejected"],
  );
  await assert.rejects(reading, isRefusal("peer_unreachable"));
  assert.ok(isRefusal("peer_unreachable")(near.signal.reason));
  for (const over of [near, far, dialer, listener]) {
    assert.ok(isRefusal("peer_unreachable")(await over.closed));
  }
  assert.throws(() => dialer.open(1), isRefusal("peer_unreachable"));
  assert.equal(dialer.streamCount, 0);
});

test("a message that had ended before the connection was lost is complete", async () => {
  const { near, far, cut } = await openPair();
  await near.send(Uint8Array.of(4));
  near.end();
  await settle();
  cut();
  assert.deepEqual(await readAll(far), [Uint8Array.of(4)]);
});

test("leaving a for-await loop leaves the stream as it is", async () => {
  const { near, far } = await openPair();
  await near.send(Uint8Array.of(1));
  await near.send(Uint8Array.of(2));
  for await (const message of far) {
    assert.deepEqual(message, Uint8Array.of(1));
    break;
  }
  assert.deepEqual(await far.read(), Uint8Array.of(2));
});

test("serve() gives the streams that were opened before it, with what they carried", async () => {
  const { dialer, listener } = createConnectionPair();
  const early = dialer.open(9);
  await early.send(Uint8Array.of(5));
  await settle();
  const accepted: Stream[] = [];
  listener.serve((stream) => accepted.push(stream));
  assert.equal(accepted[0]?.kind, 9);
  assert.deepEqual(await accepted[0]?.read(), Uint8Array.of(5));
});

test("open() numbers the dialer's streams odd and the listener's even, and both work at once", async () => {
  const { dialer, listener } = createConnectionPair();
  dialer.serve((stream) => void stream.send(Uint8Array.of(stream.kind)));
  listener.serve((stream) => void stream.send(Uint8Array.of(stream.kind)));
  const streams = [dialer.open(1), dialer.open(2), listener.open(3), listener.open(4)];
  assert.deepEqual(
    streams.map(({ id }) => id),
    [1, 3, 2, 4],
  );
  for (const stream of streams) assert.deepEqual(await stream.read(), Uint8Array.of(stream.kind));
});

test("goAway() refuses new streams on both sides and closes when the last one is over", async () => {
  const { near, far, dialer, listener } = await openPair();
  listener.goAway();
  const late = dialer.open(1);
  await settle();
  assert.ok(isRefusal("stopping")(await late.closed));
  assert.throws(() => dialer.open(1), isRefusal("stopping"));
  assert.throws(() => listener.open(1), isRefusal("stopping"));
  await near.send(Uint8Array.of(1));
  near.end();
  assert.deepEqual(await readAll(far), [Uint8Array.of(1)]);
  assert.equal(listener.streamCount, 1);
  far.end();
  assert.equal(await near.closed, undefined);
  assert.equal(await dialer.closed, undefined);
  assert.equal(await listener.closed, undefined);
});

test("close() ends at once; the streams of both sides settle", async () => {
  const { near, far, dialer, listener } = await openPair();
  dialer.close();
  assert.equal(await dialer.closed, undefined);
  assert.ok(isRefusal("peer_unreachable")(await near.closed));
  assert.ok(isRefusal("peer_unreachable")(await far.closed));
  assert.ok(isRefusal("peer_unreachable")(await listener.closed));
});

test("streams share a slow carrier in turn: none waits for another's whole message list", async () => {
  const { dialer, listener } = createConnectionPair();
  const arrivals: number[] = [];
  listener.serve((stream) => {
    void (async () => {
      for await (const message of stream) arrivals.push(message[0] ?? 0);
    })();
  });
  const streams = [1, 2, 3].map(() => dialer.open(0));
  const sends = streams.flatMap((stream, index) =>
    Array.from({ length: 10 }, () => stream.send(new Uint8Array(100_000).fill(index + 1))),
  );
  await Promise.all(sends);
  await settle();
  assert.equal(arrivals.length, 30);
  assert.deepEqual(new Set(arrivals.slice(-9)), new Set([1, 2, 3]));
});
