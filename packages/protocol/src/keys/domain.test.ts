import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, toHex, utf8 } from "../bytes/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { cellDigest } from "./cell.ts";
import { signDomain, verifyDomain } from "./domain.ts";

const key = createSigningKey(new Uint8Array(32).fill(7));
const domain = "cocoon/receipt/1";

test("verifyDomain() refuses a signature of another domain, body or key, and one without a domain", () => {
  const body = utf8("body");
  const signature = signDomain(key, domain, body);
  const stranger = createSigningKey(new Uint8Array(32).fill(8));
  assert.equal(verifyDomain(key.publicKey, "cocoon/receipt/2", body, signature), false);
  assert.equal(verifyDomain(key.publicKey, domain, utf8("bodY"), signature), false);
  assert.equal(verifyDomain(stranger.publicKey, domain, body, signature), false);
  assert.equal(verifyDomain(key.publicKey, domain, body, key.sign(body)), false);
  assert.equal(verifyDomain(new Uint8Array(31), domain, body, signature), false);
  assert.equal(verifyDomain(key.publicKey, domain, body, new Uint8Array(63)), false);
  assert.ok(verifyDomain(key.publicKey, domain, body, signature));
});

test("signDomain() signs the domain, a zero byte and the body", () => {
  const body = utf8("body");
  const message = concatBytes(utf8(domain), Uint8Array.of(0), body);
  assert.deepEqual(signDomain(key, domain, body), key.sign(message));
});

test("signDomain() refuses a domain that could end early", () => {
  assert.throws(() => signDomain(key, "cocoon\0", new Uint8Array()), RangeError);
  assert.throws(() => signDomain(key, "", new Uint8Array()), RangeError);
});

test("verifyDomain() refuses when any one byte of body or signature is flipped", () => {
  const body = utf8("a body of some length");
  const signature = signDomain(key, domain, body);
  const whole = concatBytes(body, signature);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (index, mask) => {
      const altered = Uint8Array.from(whole);
      altered[index] = (altered[index] ?? 0) ^ mask;
      const [alteredBody, rest] = [altered.subarray(0, body.length), altered.subarray(body.length)];
      assert.equal(verifyDomain(key.publicKey, domain, alteredBody, rest), false);
    }),
    { numRuns: 100 },
  );
});

test("cellDigest() gives the hash of a TON cell of these bytes", () => {
  // The empty cell's hash, as every TON library prints it.
  assert.equal(
    toHex(cellDigest(new Uint8Array())),
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
  );
  assert.throws(() => cellDigest(new Uint8Array(128)), RangeError);
  assert.equal(cellDigest(new Uint8Array(127)).length, 32);
});
