import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, utf8 } from "../bytes/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { Carrier } from "./outbox.ts";
import { FrameReader } from "./frame-reader.ts";
import { frameTypes, messageOverheadBytes, payloadBytesMax, windowBytes } from "./frame.ts";
import { FrameWriter } from "./frame-writer.ts";
import { readRefusal } from "./refusal.ts";
import type { Stream } from "./stream.ts";

type Frame = readonly [stream: number, type: number, payload: Uint8Array];

/** A connection whose peer is the test: it writes frames by hand and reads what comes back. */
function listen(options: Partial<ConnectionOptions> = {}) {
  const sent: Frame[] = [];
  const writes: number[] = [];
  const flushes: (() => void)[] = [];
  const accepted: Stream[] = [];
  const state = { isClosed: false, isWritable: true };
  const reader = new FrameReader(payloadBytesMax);
  const carrier: Carrier = {
    write: (chunks) => {
      writes.push(chunks.length);
      for (const chunk of chunks) reader.read(chunk, (...frame) => sent.push(frame));
      return state.isWritable;
    },
    schedule: (flush) => void flushes.push(flush),
    close: () => {
      state.isClosed = true;
    },
  };
  const connection = new Connection({ side: "listener", carrier, ...options });
  connection.serve((stream) => accepted.push(stream));
  const flush = () => {
    for (const each of flushes.splice(0)) each();
  };
  return { connection, sent, writes, flush, accepted, state };
}

function bytesOf(...frames: readonly Frame[]): Uint8Array {
  const writer = new FrameWriter();
  for (const frame of frames) writer.add(...frame);
  return concatBytes(...writer.take());
}

const none = new Uint8Array();
const open = (id: number): Frame => [id, frameTypes.open, Uint8Array.of(7)];
const data = (id: number, size: number, fill = 0): Frame => [
  id,
  frameTypes.data,
  new Uint8Array(size).fill(fill),
];

async function codeOf(promise: Promise<CocoonError | undefined>): Promise<ErrorCode | undefined> {
  return (await promise)?.code;
}

const violations: readonly [string, ErrorCode, readonly Frame[]][] = [
  ["data on a stream that was never opened", "peer_misbehaved", [data(1, 1)]],
  ["data on a stream of ours that was never opened", "peer_misbehaved", [data(2, 1)]],
  ["a stream with our numbers", "peer_misbehaved", [open(2)]],
  ["a stream opened twice", "peer_misbehaved", [open(1), open(1)]],
  ["streams out of order", "peer_misbehaved", [open(3), open(1)]],
  ["OPEN without a kind", "frame_malformed", [[1, frameTypes.open, none]]],
  ["OPEN with more than a kind", "frame_malformed", [[1, frameTypes.open, new Uint8Array(2)]]],
  ["OPEN on the connection", "frame_malformed", [open(0)]],
  ["PING on a stream", "frame_malformed", [[1, frameTypes.ping, none]]],
  ["a long PING", "frame_malformed", [[0, frameTypes.ping, new Uint8Array(9)]]],
  ["END with content", "frame_malformed", [open(1), [1, frameTypes.end, Uint8Array.of(0)]]],
  ["a short CREDIT", "frame_malformed", [open(1), [1, frameTypes.credit, new Uint8Array(3)]]],
  [
    "CREDIT beyond reason",
    "flow_control_violated",
    [open(1), [1, frameTypes.credit, new Uint8Array(4).fill(255)]],
  ],
  ["a second HELLO", "peer_misbehaved", [[0, frameTypes.hello, none]]],
  ["a message after END", "peer_misbehaved", [open(1), [1, frameTypes.end, none], data(1, 1)]],
  [
    "a second END",
    "peer_misbehaved",
    [open(1), [1, frameTypes.end, none], [1, frameTypes.end, none]],
  ],
  [
    "more than its credit",
    "flow_control_violated",
    [open(1), data(1, 100_000), data(1, 100_000), data(1, 100_000)],
  ],
  [
    "more empty messages than its credit",
    "flow_control_violated",
    [open(1), ...Array.from({ length: windowBytes / messageOverheadBytes + 1 }, () => data(1, 0))],
  ],
];

for (const [what, code, frames] of violations) {
  test(`receive() closes with ${code} on ${what}`, async () => {
    const { connection, sent, state, accepted } = listen();
    connection.receive(bytesOf(...frames));
    assert.equal(await codeOf(connection.closed), code);
    assert.ok(state.isClosed);
    const [, type, payload] = sent.at(-1) ?? [0, 0, none];
    assert.equal(type, frameTypes.goAway);
    assert.equal(readRefusal(payload).code, code);
    for (const stream of accepted) assert.equal(await codeOf(stream.closed), "peer_unreachable");
    connection.receive(bytesOf(open(9)));
  });
}

test("receive() closes with frame_too_long before the frame has come", async () => {
  const { connection } = listen();
  connection.receive(Uint8Array.of(0, 3, 0, 0, 0, 0, 0, 1, 3));
  assert.equal(await codeOf(connection.closed), "frame_too_long");
});

test("receive() never throws, whatever bytes come in whatever pieces", async () => {
  const frame = fc.tuple(fc.nat(6), fc.nat(11), fc.uint8Array({ maxLength: 12 }));
  const pieces = fc.oneof(
    fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
    fc.array(
      frame.map((fields) => bytesOf(fields)),
      { maxLength: 30 },
    ),
  );
  await fc.assert(
    fc.asyncProperty(pieces, fc.boolean(), async (chunks, isGreeted) => {
      const { connection, accepted, flush } = listen(isGreeted ? {} : { onHello: () => undefined });
      const own = isGreeted ? connection.open(1) : undefined;
      for (const chunk of chunks) connection.receive(chunk);
      flush();
      connection.carrierClosed();
      await connection.closed;
      for (const stream of accepted) await stream.closed;
      await own?.closed;
    }),
    { numRuns: 400 },
  );
});

test("receive() gives the same messages however the bytes are split", async () => {
  const sizes = [0, 1, 5_000, 20_000, payloadBytesMax];
  const frames = sizes.map((size, index) => data(1, size, index));
  const bytes = bytesOf(open(1), ...frames.slice(0, 4), [1, frameTypes.end, none]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 9 }), async (cuts) => {
      const { connection, accepted } = listen();
      let from = 0;
      for (const cut of [...cuts, bytes.length].toSorted((left, right) => left - right)) {
        connection.receive(bytes.slice(from, cut));
        from = cut;
      }
      const read: Uint8Array[] = [];
      for await (const message of accepted[0] ?? assert.fail()) read.push(message);
      assert.deepEqual(
        read,
        frames.slice(0, 4).map(([, , payload]) => payload),
      );
    }),
    { numRuns: 25 },
  );
});

test("receive() ignores frames of unknown types, on the connection and on streams", () => {
  const { connection, accepted } = listen();
  connection.receive(bytesOf([0, 200, none], open(1), [1, 99, none], [77, 10, none], open(3)));
  assert.equal(accepted.length, 2);
  assert.ok(connection.isOpen);
});

test("receive() looks at nothing before HELLO and judges it before what follows", async () => {
  const early = listen({ onHello: () => assert.fail() });
  early.connection.receive(bytesOf(open(1), data(1, 1)));
  assert.equal(await codeOf(early.connection.closed), "handshake_failed");
  assert.equal(early.accepted.length, 0);
  const refuse = () => {
    throw new CocoonError("network_mismatch");
  };
  const refused = listen({ onHello: refuse });
  refused.connection.receive(bytesOf([0, frameTypes.hello, none], open(1)));
  assert.equal(await codeOf(refused.connection.closed), "network_mismatch");
  assert.equal(refused.accepted.length, 0);
  const long = listen({ onHello: () => assert.fail() });
  long.connection.receive(bytesOf([0, frameTypes.hello, new Uint8Array(4_097)]));
  assert.equal(await codeOf(long.connection.closed), "frame_too_long");
});

test("receive() believes a stranger's refusal only where it concerns the handshake", async () => {
  const refusal = (code: string): Frame => [0, frameTypes.goAway, utf8(JSON.stringify({ code }))];
  for (const [said, code] of [
    ["network_mismatch", "network_mismatch"],
    ["balance_insufficient", "handshake_failed"],
    ["nonsense", "handshake_failed"],
  ] as const) {
    const { connection } = listen({ onHello: () => assert.fail() });
    connection.receive(bytesOf(refusal(said)));
    assert.equal(await codeOf(connection.closed), code);
  }
});

test("a peer that makes us answer and reads nothing is cut", async () => {
  const { connection, state } = listen();
  state.isWritable = false;
  const pings = bytesOf(
    ...Array.from({ length: 10_000 }, (): Frame => [0, frameTypes.ping, new Uint8Array(8)]),
  );
  for (let round = 0; round < 20; round += 1) connection.receive(pings);
  assert.equal(await codeOf(connection.closed), "peer_misbehaved");
});

test("frames for a stream that was reset here are ignored while they are under way", async () => {
  const { connection, accepted, flush, sent } = listen();
  connection.receive(bytesOf(open(1), data(1, 5)));
  accepted[0]?.reset("cancelled");
  const credit: Frame = [1, frameTypes.credit, new Uint8Array(4)];
  const reset: Frame = [1, frameTypes.reset, none];
  connection.receive(bytesOf(data(1, 5), credit, [1, frameTypes.end, none], reset));
  flush();
  assert.ok(connection.isOpen);
  assert.equal(connection.streamCount, 0);
  assert.deepEqual(
    sent.map(([, type]) => type),
    [frameTypes.reset],
  );
  await assert.rejects(accepted[0]?.read() ?? assert.fail(), { code: "cancelled" });
});

test("a reset with a code that we don't know is peer_misbehaved", async () => {
  const { connection, accepted } = listen();
  connection.receive(bytesOf(open(1), [1, frameTypes.reset, utf8('{"code":"brand_new"}')]));
  assert.equal(await codeOf((accepted[0] ?? assert.fail()).closed), "peer_misbehaved");
});

test("a stream above the limit is reset with queue_full and one that ends makes room", () => {
  const { connection, accepted, flush, sent } = listen({ streamsMax: 2 });
  connection.receive(bytesOf(open(1), open(3), open(5), data(5, 1)));
  flush();
  assert.deepEqual(
    sent.map(([id, type]) => [id, type]),
    [[5, frameTypes.reset]],
  );
  assert.equal(readRefusal(sent[0]?.[2] ?? none).code, "queue_full");
  connection.receive(bytesOf([1, frameTypes.end, none]));
  accepted[0]?.end();
  connection.receive(bytesOf(open(7)));
  assert.deepEqual(
    accepted.map(({ id }) => id),
    [1, 3, 7],
  );
});

test("frames of one turn leave as one write, and PING is answered with its payload", () => {
  const { connection, flush, sent, writes, accepted } = listen();
  connection.receive(bytesOf(open(1), [0, frameTypes.ping, Uint8Array.of(1, 2)]));
  for (let index = 0; index < 50; index += 1) void accepted[0]?.send(Uint8Array.of(index));
  accepted[0]?.end();
  assert.equal(writes.length, 0);
  flush();
  assert.deepEqual(writes, [1]);
  assert.deepEqual(sent[0], [0, frameTypes.pong, Uint8Array.of(1, 2)]);
  assert.equal(sent.length, 52);
});

test("a message that waits is detached from a much larger chunk, so that the window bounds memory", async () => {
  const { connection, accepted } = listen();
  connection.receive(bytesOf(open(1), data(1, 10), data(1, 100)));
  const [stream = assert.fail()] = accepted;
  assert.equal((await stream.read())?.buffer.byteLength, 10);
  assert.ok(((await stream.read())?.buffer.byteLength ?? 0) <= 200);
  const waiting = stream.read();
  connection.receive(Buffer.from(bytesOf(data(1, 3, 5))));
  const message = await waiting;
  assert.equal(message?.constructor, Uint8Array);
  assert.deepEqual(message, Uint8Array.of(5, 5, 5));
});

test("tick() pings a silent peer, then closes with peer_timeout", async () => {
  const { connection, flush, sent } = listen();
  connection.tick(0);
  connection.tick(30_000);
  flush();
  assert.deepEqual(sent, [[0, frameTypes.ping, none]]);
  connection.receive(bytesOf([0, frameTypes.pong, none]));
  connection.tick(31_000);
  connection.tick(52_000);
  connection.tick(95_000);
  connection.tick(96_000);
  assert.equal(await codeOf(connection.closed), "peer_timeout");
});
