import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8 } from "../bytes/index.ts";
import {
  derBitString,
  derBoolean,
  derElement,
  derEnumerated,
  derExplicit,
  derGeneralizedTime,
  derIa5String,
  derImplicit,
  derInteger,
  derNamedBits,
  derNull,
  derOctetString,
  derOid,
  derPrintableString,
  derSequence,
  derSet,
  derTime,
  derUtcTime,
  derUtf8String,
} from "./writer.ts";

test("derInteger() refuses negatives, which nothing here needs", () => {
  assert.throws(() => derInteger(-1), RangeError);
  assert.throws(() => derEnumerated(-1), RangeError);
});

test("derOid() refuses texts that are no identifier", () => {
  for (const text of ["", "1", "3.1", "1.40", "0.99.1", "1..2", "1.2.", "1.02", "a.b", "1.-2"]) {
    assert.throws(() => derOid(text), RangeError, text);
  }
});

test("the string and time functions refuse what their type cannot hold", () => {
  assert.throws(() => derPrintableString("a_b"), RangeError);
  assert.throws(() => derIa5String("é"), RangeError);
  assert.throws(() => derUtcTime(Date.UTC(2050, 0)), RangeError);
  assert.throws(() => derUtcTime(Date.UTC(1949, 11)), RangeError);
  assert.throws(() => derGeneralizedTime(Date.UTC(10_000, 0)), RangeError);
  assert.throws(() => derTime(Number.NaN), RangeError);
  assert.throws(() => derExplicit(31), RangeError);
  assert.throws(() => derImplicit(-1, new Uint8Array()), RangeError);
});

test("derElement() writes lengths in the fewest bytes", () => {
  const header = (size: number) => toHex(derElement(4, new Uint8Array(size))).slice(0, 10);
  assert.equal(header(127), "047f000000");
  assert.equal(header(128), "0481800000");
  assert.equal(header(255), "0481ff0000");
  assert.equal(header(256), "0482010000");
  assert.equal(header(65_536), "0483010000");
});

test("derInteger() is minimal and never negative", () => {
  assert.equal(toHex(derInteger(0)), "020100");
  assert.equal(toHex(derInteger(127)), "02017f");
  assert.equal(toHex(derInteger(128)), "02020080");
  assert.equal(toHex(derInteger(256n)), "02020100");
  assert.equal(toHex(derInteger(2n ** 64n)), "0209010000000000000000");
  assert.equal(toHex(derInteger(Uint8Array.of(0, 0, 0x80))), "02020080");
  assert.equal(toHex(derInteger(Uint8Array.of(0, 0x7f))), "02017f");
  assert.equal(toHex(derInteger(new Uint8Array())), "020100");
  assert.equal(toHex(derEnumerated(7)), "0a0107");
});

test("derOid() writes the identifiers of RFC 8410, SGX and X.690 section 8.19.5", () => {
  assert.equal(toHex(derOid("1.3.101.112")), "06032b6570");
  assert.equal(toHex(derOid("1.2.840.113741.1.13.1")), "06092a864886f84d010d01");
  assert.equal(toHex(derOid("2.999.3")), "0603883703");
  assert.equal(toHex(derOid("0.0")), "060100");
});

test("derNamedBits() drops trailing zero bits", () => {
  assert.equal(toHex(derNamedBits()), "030100");
  assert.equal(toHex(derNamedBits(0)), "03020780");
  assert.equal(toHex(derNamedBits(5, 6)), "03020106");
  assert.equal(toHex(derNamedBits(8)), "0303070080");
});

test("derSet() sorts by encoding and derSequence() keeps its order", () => {
  const items = [derInteger(2), derInteger(1), derBoolean(true), derNull()];
  assert.equal(toHex(derSet(...items)), "310b0101ff0201010201020500");
  assert.equal(toHex(derSequence(...items)), "300b0201020201010101ff0500");
});

test("the remaining types have their tags", () => {
  assert.equal(toHex(derBoolean(false)), "010100");
  assert.equal(toHex(derOctetString(Uint8Array.of(1))), "040101");
  assert.equal(toHex(derBitString(Uint8Array.of(0xf0), 4)), "030204f0");
  assert.equal(toHex(derUtf8String("é")), "0c02c3a9");
  assert.equal(toHex(derPrintableString("US")), "13025553");
  assert.equal(toHex(derIa5String("a@b")), "1603614062");
  assert.equal(toHex(derExplicit(3, derNull())), "a3020500");
  assert.equal(toHex(derImplicit(0, utf8("k"))), "80016b");
});

test("derTime() changes form in 2050 and drops milliseconds", () => {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(2));
  assert.equal(text(derTime(Date.UTC(2049, 11, 31, 23, 59, 59, 999))), "491231235959Z");
  assert.equal(text(derTime(Date.UTC(2050, 0, 1))), "20500101000000Z");
  assert.equal(derTime(0)[0], 0x17);
  assert.equal(derTime(Date.UTC(2050, 0))[0], 0x18);
  assert.equal(text(derTime(Date.UTC(1949, 0))), "19490101000000Z");
});
