import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8 } from "../bytes/index.ts";
import { type CborValue, encodeCbor } from "./cbor.ts";

// RFC 8949, appendix A, and its rules for the order of keys (section 4.2.1).
const examples: readonly (readonly [CborValue, string])[] = [
  [0, "00"],
  [23, "17"],
  [24, "1818"],
  [1_000, "1903e8"],
  [1_000_000, "1a000f4240"],
  [1_000_000_000_000, "1b000000e8d4a51000"],
  [-1, "20"],
  [-1_000, "3903e7"],
  [null, "f6"],
  ["IETF", "6449455446"],
  ["水", "63e6b0b4"],
  [Uint8Array.of(1, 2, 3, 4), "4401020304"],
  [[1, [2, 3], [4, 5]], "8301820203820405"],
  [
    new Map<string, CborValue>([
      ["b", [2, 3]],
      ["a", 1],
    ]),
    "a26161016162820203",
  ],
  [
    new Map<number | string, CborValue>([
      ["aa", 0],
      ["z", 0],
      [-1, 0],
      [100, 0],
      [10, 0],
    ]),
    "a50a001864002000617a0062616100",
  ],
];

test("encodeCbor() writes the examples of RFC 8949", () => {
  for (const [value, hex] of examples) assert.equal(toHex(encodeCbor(value)), hex);
});

test("encodeCbor() writes long strings with the head that they need, and refuses fractions", () => {
  assert.equal(toHex(encodeCbor(utf8("x".repeat(300))).subarray(0, 3)), "59012c");
  assert.throws(() => encodeCbor(0.5), RangeError);
});
