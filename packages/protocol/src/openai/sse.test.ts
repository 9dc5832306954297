import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { doneEvent, encodeEvent, EventReader, eventLengthMax } from "./sse.ts";

function readAll(...pieces: readonly Uint8Array[]): string[] {
  const reader = new EventReader("engine_failed");
  return [...pieces.flatMap((piece) => reader.read(piece)), ...reader.end()];
}

test("EventReader.read() gives the texts that encodeEvent() wrote", () => {
  const wire = utf8(encodeEvent({ a: "ä\n" }) + encodeEvent({ b: 2 }) + doneEvent);
  assert.deepEqual(readAll(wire), ['{"a":"ä\\n"}', '{"b":2}', "[DONE]"]);
});

test("EventReader.read() takes CRLF, CR, comments, other fields, a byte order mark and data in many lines", () => {
  const wire =
    "\uFEFF: hi\r\ndata: 1\r\n\r\nid: 7\rdata:2\r\revent: x\n\n: ping\n\ndata: 3\ndata: 4\n\n";
  assert.deepEqual(readAll(utf8(wire)), ["1", "2", "3\n4"]);
});

test("EventReader.end() gives a last event that nothing ended, and nothing otherwise", () => {
  assert.deepEqual(readAll(utf8("data: 1")), ["1"]);
  assert.deepEqual(readAll(utf8("data: 1\n\n: bye")), ["1"]);
  assert.deepEqual(readAll(), []);
});

test("EventReader.read() gives the same events however the bytes are cut", () => {
  const wire = utf8("data: {é}\r\n\r\n: x\r\ndata: 漢字😀\n\ndata: 3\r\rdata: [DONE]\n\n");
  const whole = readAll(wire);
  assert.equal(whole.length, 4);
  fc.assert(
    fc.property(fc.array(fc.nat(wire.length), { maxLength: 12 }), (cuts) => {
      const edges = [0, ...cuts.toSorted((left, right) => left - right), wire.length];
      const pieces = edges.slice(1).map((edge, index) => wire.subarray(edges[index], edge));
      assert.deepEqual(readAll(...pieces), whole);
    }),
    { numRuns: 200 },
  );
  assert.deepEqual(readAll(...Array.from(wire, (byte) => Uint8Array.of(byte))), whole);
});

test("EventReader.read() throws the caller's code for an event without end, in one line or many", () => {
  const half = utf8(`data: ${"x".repeat(eventLengthMax / 2)}`);
  for (const ending of ["", "\n"]) {
    const reader = new EventReader("engine_failed");
    assert.throws(
      () => {
        for (let piece = 0; piece < 3; piece += 1) {
          reader.read(half);
          reader.read(utf8(ending));
        }
      },
      (thrown) => thrown instanceof CocoonError && thrown.code === "engine_failed",
    );
  }
});
