import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromHex, toHex, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { DerReader, openSequence } from "./reader.ts";
import {
  derBoolean,
  derElement,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  derTime,
} from "./writer.ts";

const readerOf = (hex: string) => new DerReader(fromHex(hex) ?? assert.fail("hex"));
const refused = { code: "certificate_malformed" };

test("DerReader refuses lengths that are missing, indefinite, not minimal, too long or past the end", () => {
  for (const hex of [
    "",
    "30",
    "3080",
    "308100",
    "30817f",
    "30820080",
    "3085010000000000",
    "300200",
  ]) {
    assert.throws(() => readerOf(hex).any(), refused, hex);
  }
  assert.throws(() => readerOf("1f0100").any(), refused, "tag of several bytes");
  assert.throws(() => readerOf("3081").any(), refused);
});

test("DerReader refuses integers that are empty, negative, not minimal or too large", () => {
  for (const hex of ["0200", "020180", "02020001", "02020000"]) {
    assert.throws(() => readerOf(hex).unsigned(), refused, hex);
  }
  assert.throws(() => readerOf("02050100000000").smallUnsigned(), refused);
  assert.equal(readerOf("020500ffffffff").smallUnsigned(), 2 ** 32 - 1);
  assert.equal(toHex(readerOf("02020080").unsigned()), "80");
  assert.equal(toHex(readerOf("020100").unsigned()), "00");
});

test("DerReader refuses identifiers that are empty, cut or padded", () => {
  for (const hex of ["0600", "0602 2a86", "060380 2a03", "060a ffffffffffffffffff7f"]) {
    assert.throws(() => readerOf(hex.replaceAll(" ", "")).oid(), refused, hex);
  }
});

test("DerReader refuses times that no calendar has", () => {
  const time = (tag: number, text: string) => new DerReader(derElement(tag, utf8(text))).timeMs();
  for (const text of [
    "260230000000Z",
    "261301000000Z",
    "260101240000Z",
    "2601010000Z",
    "26010100000Z",
    "",
  ]) {
    assert.throws(() => time(0x17, text), refused, text);
  }
  assert.throws(() => time(0x18, "20260101000000.5Z"), refused);
  assert.throws(() => time(0x18, "20260101000000+0100"), refused);
  assert.throws(() => time(0x16, "20260101000000Z"), refused);
  assert.equal(time(0x17, "491231235959Z"), Date.UTC(2049, 11, 31, 23, 59, 59));
  assert.equal(time(0x17, "500101000000Z"), Date.UTC(1950, 0));
});

test("DerReader refuses booleans and bit strings in other spellings", () => {
  assert.throws(() => readerOf("010101").boolean(), refused);
  assert.throws(() => readerOf("0100").boolean(), refused);
  assert.throws(() => readerOf("030101").bitString(), refused);
  assert.throws(() => readerOf("0300").bitString(), refused);
});

test("openSequence() refuses what follows the sequence", () => {
  assert.throws(() => openSequence(Uint8Array.of(0x30, 0, 0)), refused);
  assert.throws(() => openSequence(Uint8Array.of(0x31, 0)), refused);
  assert.ok(openSequence(Uint8Array.of(0x30, 0)).done);
});

test("DerReader reads back what the writer wrote", () => {
  const time = fc.integer({ min: -631_152_000, max: 4_000_000_000 });
  const arc = fc.integer({ min: 0, max: 2 ** 40 });
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.bigInt({ min: 0n, max: 2n ** 160n }),
      time,
      arc,
      (...fields) => {
        const [bytes, integer, seconds, last] = fields;
        const oid = `1.2.${last}`;
        const items = [derOctetString(bytes), derInteger(integer), derTime(seconds * 1_000)];
        const reader = openSequence(derSequence(...items, derOid(oid), derBoolean(true)));
        assert.deepEqual(reader.octetString(), bytes);
        assert.equal(BigInt(`0x${toHex(reader.unsigned())}`), integer);
        assert.equal(reader.timeMs(), seconds * 1_000);
        assert.equal(reader.oid(), oid);
        assert.equal(reader.boolean(), true);
        reader.end();
      },
    ),
    { numRuns: 200 },
  );
});

test("DerReader throws nothing but CocoonError on any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const reads = [
        (reader: DerReader) => reader.any(),
        (reader: DerReader) => reader.oid(),
        (reader: DerReader) => reader.timeMs(),
        (reader: DerReader) => reader.sequence().rest((list) => list.any()),
      ];
      for (const read of reads) {
        try {
          read(new DerReader(bytes));
        } catch (error) {
          assert.ok(error instanceof CocoonError);
        }
      }
    }),
    { numRuns: 500 },
  );
});
