// The two libraries against each other. The vectors of the hybrid KEM (sealing/vectors.test.ts) hold the one that is used.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { loadSodiumMlKem768, nobleMlKem768 } from "./ml-kem.ts";

const sodiumMlKem768 = await loadSodiumMlKem768();
assert.ok(sodiumMlKem768 !== undefined, "these tests run in Node");
const both = [nobleMlKem768, sodiumMlKem768] as const;
const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });

/** A coefficient of the public key: 12 bits, two of them in three bytes, little-endian (FIPS 203 algorithm 5). */
function setCoefficient(publicKey: Uint8Array, index: number, value: number): Uint8Array {
  const changed = Uint8Array.from(publicKey);
  const offset = 3 * Math.floor(index / 2);
  const [low = 0, middle = 0, high = 0] = changed.subarray(offset);
  const three =
    index % 2 === 0
      ? [value % 256, (middle & 0xf0) + (value >> 8), high]
      : [low, (middle & 0x0f) + ((value & 0x0f) << 4), value >> 4];
  changed.set(three, offset);
  return changed;
}

test("both give the same keys, ciphertexts and secrets", () => {
  fc.assert(
    fc.property(bytes(64), bytes(32), (seed, message) => {
      const [one, other] = both.map((library) => {
        const pair = library.keygen(seed);
        const sent = library.encapsulate(pair.publicKey, message);
        const secret = library.decapsulate(sent.cipherText, pair.secretKey);
        assert.deepEqual(secret, sent.sharedSecret);
        return { pair, sent: { ...sent }, secret };
      });
      assert.deepEqual(one?.pair.publicKey, other?.pair.publicKey);
      assert.deepEqual(one?.pair.secretKey, other?.pair.secretKey);
      assert.deepEqual(one?.sent, other?.sent);
    }),
    { numRuns: 20 },
  );
});

test("both reject a changed ciphertext alike: with a secret that nobody else has", () => {
  const pair = nobleMlKem768.keygen(new Uint8Array(64).fill(1));
  const sent = nobleMlKem768.encapsulate(pair.publicKey, new Uint8Array(32).fill(2));
  fc.assert(
    fc.property(fc.nat(1_087), fc.integer({ min: 1, max: 255 }), (offset, change) => {
      const cipherText = sent.cipherText.with(offset, (sent.cipherText[offset] ?? 0) ^ change);
      const [one, other] = both.map((kem) => kem.decapsulate(cipherText, pair.secretKey));
      assert.deepEqual(one, other);
      assert.notDeepEqual(one, sent.sharedSecret);
    }),
    { numRuns: 20 },
  );
});

test("both refuse a public key with a coefficient of 3,329 or more, or of another size", () => {
  const { publicKey } = nobleMlKem768.keygen(new Uint8Array(64).fill(1));
  const message = new Uint8Array(32);
  fc.assert(
    fc.property(fc.nat(767), fc.integer({ min: 3_320, max: 3_340 }), (index, value) => {
      const changed = setCoefficient(publicKey, index, value);
      for (const { encapsulate } of both) {
        if (value < 3_329) encapsulate(changed, message);
        else assert.throws(() => encapsulate(changed, message));
      }
    }),
    { numRuns: 40 },
  );
  for (const { encapsulate } of both) {
    assert.throws(() => encapsulate(publicKey.subarray(1), message));
  }
});
