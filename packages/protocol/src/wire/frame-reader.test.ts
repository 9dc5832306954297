import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { FrameReader } from "./frame-reader.ts";
import { FrameWriter } from "./frame-writer.ts";

const payloadBytesMax = 40_000;

function readAll(chunks: readonly Uint8Array[]): string[] {
  const reader = new FrameReader(payloadBytesMax);
  const frames: string[] = [];
  for (const chunk of chunks) {
    reader.read(chunk, (stream, type, payload) => {
      frames.push(`${stream}/${type}/${toHex(payload)}`);
    });
  }
  return frames;
}

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted(
    (left, right) => left - right,
  );
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
}

test("FrameReader refuses a frame that is too long as soon as its header is whole", () => {
  const header = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 1, 3);
  for (const cut of [0, 1, 4, 8, 9]) {
    assert.throws(
      () => readAll([header.slice(0, cut), header.slice(cut)]),
      (error: unknown) => error instanceof CocoonError && error.code === "frame_too_long",
    );
  }
});

test("FrameReader gives the same frames however the bytes are split, with sizes on both sides of copying", () => {
  const frame = fc.record({
    stream: fc.integer({ min: 0, max: 0xffff_ffff }),
    type: fc.integer({ min: 0, max: 255 }),
    size: fc.oneof(fc.nat(20), fc.constantFrom(8_191, 8_192, 8_193, payloadBytesMax)),
  });
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (frames, cuts) => {
        const writer = new FrameWriter();
        const expected = frames.map(({ stream, type, size }, index) => {
          const payload = new Uint8Array(size).fill(index + 1);
          writer.add(stream, type, payload);
          return `${stream}/${type}/${toHex(payload)}`;
        });
        const size = writer.bytes;
        const bytes = concatBytes(...writer.take());
        assert.equal(bytes.length, size);
        assert.equal(writer.bytes, 0);
        assert.deepEqual(readAll(split(bytes, cuts)), expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("FrameReader gives the same frames when every byte comes alone", () => {
  const writer = new FrameWriter();
  writer.add(1, 3, Uint8Array.of(7, 8, 9));
  writer.add(0, 4, new Uint8Array());
  const bytes = concatBytes(...writer.take());
  assert.deepEqual(readAll(Array.from(bytes, (byte) => Uint8Array.of(byte))), [
    "1/3/070809",
    "0/4/",
  ]);
});

test("FrameReader copies nothing that lies whole in a chunk", () => {
  const writer = new FrameWriter();
  writer.add(1, 3, Uint8Array.of(7));
  const [chunk = new Uint8Array()] = writer.take();
  new FrameReader(10).read(chunk, (_stream, _type, payload) => {
    assert.equal(payload.buffer, chunk.buffer);
  });
});

test("FrameWriter joins small frames into one chunk and passes large payloads on as they are", () => {
  const writer = new FrameWriter();
  const large = new Uint8Array(20_000);
  for (const payload of [Uint8Array.of(1), large, Uint8Array.of(2), Uint8Array.of(3)]) {
    writer.add(1, 3, payload);
  }
  const chunks = writer.take();
  assert.deepEqual(
    chunks.map((chunk) => chunk.length),
    [19, 20_000, 20],
  );
  assert.equal(chunks[1], large);
  assert.deepEqual(writer.take(), []);
});
