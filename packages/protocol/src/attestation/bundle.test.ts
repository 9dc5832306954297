import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { bundleBytesMax, encodeBundle, parseBundle, quoteBytesMax } from "./bundle.ts";
import { claimsBytes } from "./claims.ts";

const bundle = {
  claims: new Uint8Array(claimsBytes).fill(1),
  teeType: 0xc0c00081,
  quote: Uint8Array.of(2, 3),
  collateral: '{"é":1}',
  gpu: undefined,
};
const encoded = encodeBundle(bundle);
const refused = { code: "bundle_malformed" };

test("parseBundle() refuses what is cut, followed by anything, or has another magic", () => {
  for (let size = 0; size < encoded.length; size += 1) {
    assert.throws(() => parseBundle(encoded.subarray(0, size)), refused, `${size} bytes`);
  }
  assert.throws(() => parseBundle(concatBytes(encoded, Uint8Array.of(0))), refused);
  assert.throws(() => parseBundle(encoded.with(3, 0x31)), refused);
});

test("parseBundle() refuses text that is not UTF-8", () => {
  assert.throws(() => parseBundle(encoded.with(encoded.length - 5, 0xff)), refused);
});

test("encodeBundle() and parseBundle() refuse a bundle above 128 KiB and a quote above 32 KiB", () => {
  const large = { ...bundle, collateral: "x".repeat(bundleBytesMax) };
  assert.throws(() => encodeBundle(large), refused);
  assert.throws(
    () => encodeBundle({ ...bundle, quote: new Uint8Array(quoteBytesMax + 1) }),
    refused,
  );
  assert.throws(() => parseBundle(new Uint8Array(bundleBytesMax + 1)), refused);
  const claimed = Uint8Array.from(encoded);
  claimed.set([0, 0, 0x80, 1], 4 + 2 + claimsBytes + 4);
  assert.throws(() => parseBundle(claimed), refused);
});

test("encodeBundle() and parseBundle() keep every part", () => {
  assert.deepEqual(parseBundle(encoded), bundle);
  assert.equal(toHex(encoded.subarray(0, 6)), "455642320131");
  const quote = { ...bundle, quote: new Uint8Array(quoteBytesMax) };
  assert.equal(parseBundle(encodeBundle(quote)).quote.length, quoteBytesMax);
});

test("parseBundle() throws nothing but CocoonError on any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, isHeaded) => {
      try {
        parseBundle(isHeaded ? concatBytes(encoded.subarray(0, 6), bytes) : bytes);
      } catch (error) {
        assert.ok(error instanceof CocoonError);
      }
    }),
    { numRuns: 500 },
  );
});
