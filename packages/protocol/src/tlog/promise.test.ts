import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromHex, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import {
  acceptPromise,
  logIdOf,
  parsePromise,
  promiseBytes,
  signPromise,
  verifyPromise,
} from "./promise.ts";

type Vectors = {
  readonly logSeed: string;
  readonly publicKey: string;
  readonly logId: string;
  readonly leafHash: string;
  readonly index: number;
  readonly timestampMs: number;
  readonly promises: readonly {
    readonly name: string;
    readonly bytes: string;
    readonly error: string | null;
  }[];
};
const file = new URL("../../../../vectors/promise.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail("not hex");
const key = createSigningKey(bytesOf(vectors.logSeed));
const publicKey = bytesOf(vectors.publicKey);
const { index, timestampMs } = vectors;
const leafHash = bytesOf(vectors.leafHash);
const signed = signPromise(key, { leafHash, index, timestampMs });

function isRefusal(error: unknown): boolean {
  return error instanceof CocoonError && error.code === "promise_invalid";
}

for (const vector of vectors.promises) {
  test(`verifyPromise() on a promise: ${vector.name}`, () => {
    const verify = () => verifyPromise(bytesOf(vector.bytes), publicKey);
    if (vector.error === null) assert.deepEqual(verify().leafHash, leafHash);
    else assert.throws(verify, isRefusal);
  });
}

test("signPromise() writes the bytes of the vector, and verifyPromise() reads them", () => {
  const promise = { logId: bytesOf(vectors.logId), leafHash, index, timestampMs };
  assert.equal(toHex(signed), vectors.promises[0]?.bytes);
  assert.equal(signed.length, promiseBytes);
  assert.deepEqual(verifyPromise(signed, publicKey), promise);
  assert.deepEqual(parsePromise(signed), promise);
  assert.deepEqual(logIdOf(publicKey), promise.logId);
});

test("acceptPromise() refuses another leaf, a time more than a minute ahead, and another key", () => {
  const accept = (changes: object, logKey = publicKey) =>
    acceptPromise(signed, logKey, { leafHash, nowMs: timestampMs, ...changes });
  assert.throws(() => accept({ leafHash: new Uint8Array(32) }), isRefusal);
  assert.throws(() => accept({ nowMs: timestampMs - 60_001 }), isRefusal);
  assert.throws(() => accept({}, new Uint8Array(32)), isRefusal);
  assert.equal(accept({ nowMs: timestampMs - 60_000 }).index, index);
  assert.equal(accept({ nowMs: timestampMs + 1e12 }).index, index);
});

test("signPromise() refuses a leaf hash and numbers that do not fit", () => {
  const wrong = [{ leafHash: new Uint8Array(31) }, { index: -1 }, { timestampMs: 0.5 }];
  for (const change of wrong) {
    const sign = () => signPromise(key, { leafHash, index, timestampMs, ...change });
    assert.throws(sign, RangeError);
  }
});

test("verifyPromise() refuses every promise with one bit flipped, and any other key", () => {
  for (let offset = 0; offset < signed.length; offset += 1) {
    const spoiled = signed.with(offset, (signed[offset] ?? 0) ^ 0x10);
    assert.throws(() => verifyPromise(spoiled, publicKey), isRefusal);
  }
  for (const other of [new Uint8Array(32), new Uint8Array(31), new Uint8Array()]) {
    assert.throws(() => verifyPromise(signed, other), isRefusal);
  }
});

test("parsePromise() refuses any bytes with promise_invalid or reads them", () => {
  const almost = fc
    .uint8Array({ maxLength: promiseBytes + 2 })
    .map((tail) => Uint8Array.of(...signed.subarray(0, 4), ...tail));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), almost), (bytes) => {
      try {
        parsePromise(bytes);
      } catch (error) {
        assert.ok(isRefusal(error));
      }
    }),
    { numRuns: 300 },
  );
});
