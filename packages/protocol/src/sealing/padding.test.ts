import assert from "node:assert/strict";
import { test } from "node:test";
import { pad, paddedSize, unpad } from "./padding.ts";

test("unpad() refuses a size that does not fit and padding that is not zeros", () => {
  const code = "sealed_malformed";
  assert.throws(() => unpad(new Uint8Array(3)), { code });
  assert.throws(() => unpad(Uint8Array.of(0, 0, 0, 5, 1, 2, 3, 4)), { code });
  assert.throws(() => unpad(Uint8Array.of(255, 255, 255, 255, 1)), { code });
  assert.throws(() => unpad(Uint8Array.of(0, 0, 0, 1, 1, 0, 0, 1)), { code });
  assert.deepEqual(unpad(Uint8Array.of(0, 0, 0, 1, 1, 0, 0, 0)), Uint8Array.of(1));
  assert.deepEqual(unpad(new Uint8Array(4)), new Uint8Array());
});

test("unpad() is the inverse of pad()", () => {
  for (const size of [0, 1, 508, 509]) {
    const bytes = new Uint8Array(size).fill(7);
    assert.deepEqual(unpad(pad(bytes, paddedSize(4 + size))), bytes);
  }
});

test("paddedSize() gives 512, 1,024, then Padmé's sizes", () => {
  const sizes = [
    [4, 512],
    [512, 512],
    [513, 1_024],
    [1_024, 1_024],
    [1_025, 1_088],
    [5_000, 5_120],
    [100_000, 100_352],
    [8 * 1_048_576 + 4, 8 * 1_048_576 + 262_144],
  ] as const;
  for (const [size, padded] of sizes) assert.equal(paddedSize(size), padded);
});

test("paddedSize() never shrinks, never adds more than an eighth, and is its own fixed point", () => {
  for (let size = 1_025; size < 3_000_000; size += 997) {
    const padded = paddedSize(size);
    assert.ok(padded >= size && padded - size < size / 8);
    assert.equal(paddedSize(padded), padded);
  }
});
