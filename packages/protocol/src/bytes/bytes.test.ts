import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  concatBytes,
  equalBytes,
  fromBase64,
  fromHex,
  textOf,
  toBase64,
  toHex,
  utf8,
} from "./index.ts";

test("fromHex() and fromBase64() refuse what is not the one spelling", () => {
  for (const text of ["a", "0g", " 00", "0x00"]) assert.equal(fromHex(text), undefined, text);
  for (const text of ["A", "AA=", "AB==", "A A=", "-_==", "AA==\n"]) {
    assert.equal(fromBase64(text), undefined, text);
  }
});

test("textOf() refuses bytes that are not UTF-8, and keeps a byte order mark", () => {
  assert.equal(textOf(Uint8Array.of(0xff)), undefined);
  assert.equal(textOf(Uint8Array.of(0xc0, 0x80)), undefined);
  assert.equal(textOf(utf8("\uFEFF{}")), "\uFEFF{}");
});

test("every encoding gives back what it was given", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.deepEqual(fromHex(toHex(bytes)), bytes);
      assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
      assert.ok(equalBytes(concatBytes(bytes.subarray(0, 1), bytes.subarray(1)), bytes));
    }),
  );
});
