import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, toHex, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import {
  type Claims,
  claimsBytes,
  claimsHash,
  encodeClaims,
  noHash,
  parseClaims,
  reportData,
  workerIdOf,
} from "./claims.ts";

const identityKey = new Uint8Array(32).fill(7);
const claims: Claims = {
  simulated: true,
  role: "worker",
  networkId: -7_239,
  rootAddress: `-1:${"a1".repeat(32)}`,
  workerId: workerIdOf(identityKey),
  identityKey,
  payout: `0:${"b2".repeat(32)}`,
  bootNonce: new Uint8Array(16).fill(9),
  notBeforeMs: 1_700_000_000_000,
  notAfterMs: 1_700_000_000_000 + 86_400_000,
  anchorSeqno: 4_000_000_000,
  anchorRootHash: "c3".repeat(32),
  manifestHash: "d4".repeat(32),
  engineHash: "e5".repeat(32),
  gpuEvidenceHash: noHash,
};
const encoded = encodeClaims(claims);
const refused = { code: "claims_malformed" };

function spoiled(at: number, ...bytes: number[]): Uint8Array {
  const copy = Uint8Array.from(encoded);
  copy.set(bytes, at);
  return copy;
}

test("parseClaims() refuses every other length, magic, flag and role", () => {
  for (let size = 0; size < claimsBytes; size += 1) {
    assert.throws(() => parseClaims(encoded.subarray(0, size)), refused, `${size} bytes`);
  }
  assert.throws(() => parseClaims(concatBytes(encoded, Uint8Array.of(0))), refused);
  assert.throws(() => parseClaims(spoiled(3, 0x32)), refused, "magic");
  assert.throws(() => parseClaims(spoiled(5, 2)), refused, "unknown flag");
  assert.throws(() => parseClaims(spoiled(4, 0x80)), refused, "unknown flag");
  assert.throws(() => parseClaims(spoiled(6, 0)), refused, "no role");
  assert.throws(() => parseClaims(spoiled(6, 3)), refused, "unknown role");
  assert.throws(() => parseClaims(spoiled(11, 1)), refused, "workchain");
});

test("parseClaims() refuses a validity that is empty, backwards or above 24 hours", () => {
  const { notBeforeMs } = claims;
  for (const validityMs of [0, -1, 86_400_001]) {
    const other = encodeClaims({ ...claims, notAfterMs: notBeforeMs + validityMs });
    assert.throws(() => parseClaims(other), refused, `${validityMs}`);
  }
  assert.throws(() => parseClaims(spoiled(157, 0xff)), refused, "beyond exact integers");
});

test("encodeClaims() takes a field that does not fit for a bug", () => {
  assert.throws(() => encodeClaims({ ...claims, bootNonce: new Uint8Array(15) }), RangeError);
  assert.throws(() => encodeClaims({ ...claims, manifestHash: "zz" }), RangeError);
  assert.throws(() => encodeClaims({ ...claims, rootAddress: "0:1" }), RangeError);
  assert.throws(() => encodeClaims({ ...claims, anchorSeqno: 2 ** 32 }), RangeError);
});

test("encodeClaims() and parseClaims() keep every field, at the offsets of the drawing", () => {
  assert.equal(encoded.length, 305);
  assert.deepEqual(parseClaims(encoded), claims);
  const at = (from: number, size: number) => toHex(encoded.subarray(from, from + size));
  assert.equal(at(0, 7), "434c4d31000101");
  assert.equal(at(7, 4), "ffffe3b9");
  assert.equal(at(11, 33), `ff${"a1".repeat(32)}`);
  assert.equal(at(76, 32), "07".repeat(32));
  assert.equal(at(157, 8), "0000018bcfe56800");
  assert.equal(at(173, 4), "ee6b2800");
  assert.equal(at(209, 32), "d4".repeat(32));
});

test("claimsHash(), reportData() and workerIdOf() hash under their domains", () => {
  const digest = (name: string, domain: string, body: Uint8Array) =>
    createHash(name)
      .update(utf8(`${domain}\0`))
      .update(body)
      .digest("hex");
  assert.equal(claimsHash(encoded), digest("sha256", "cocoon/claims/1", encoded));
  assert.equal(toHex(reportData(encoded)), digest("sha512", "cocoon/claims/1", encoded));
  assert.equal(workerIdOf(identityKey), digest("sha256", "cocoon/worker/1", identityKey));
});

test("parseClaims() gives back what it parsed or throws CocoonError, on any bytes of the right size", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 305 }), fc.nat(304), (bytes, at) => {
      const mixed = Uint8Array.from(encoded);
      mixed.set(bytes.subarray(0, claimsBytes - at), at);
      try {
        assert.deepEqual(encodeClaims(parseClaims(mixed)), mixed);
      } catch (error) {
        assert.ok(error instanceof CocoonError);
      }
    }),
    { numRuns: 500 },
  );
});
