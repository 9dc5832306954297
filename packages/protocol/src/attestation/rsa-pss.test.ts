import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, utf8 } from "../bytes/index.ts";
import { derInteger, derSequence, signatureAlgorithm, type SignedBody } from "../der/index.ts";
import { verifyRsaPssBody } from "./rsa-pss.ts";

const body = new Uint8Array(utf8("to be signed"));

async function signWith(bits: number, hash = "SHA-384", saltLength = 48) {
  const how = {
    name: "RSA-PSS",
    hash,
    modulusLength: bits,
    publicExponent: Uint8Array.of(1, 0, 1),
  };
  const pair = await crypto.subtle.generateKey(how, true, ["sign", "verify"]);
  const { n = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const padded = n.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (n.length % 4)) % 4);
  const modulus = fromBase64(padded) ?? assert.fail("base64");
  const signature = await crypto.subtle.sign(
    { name: "RSA-PSS", saltLength },
    pair.privateKey,
    body,
  );
  return { modulus, signature: new Uint8Array(signature) };
}

const keyOf = (modulus: Uint8Array, exponent: Uint8Array | number = 65_537) => {
  const bytes = derSequence(derInteger(modulus), derInteger(exponent));
  return { algorithm: "1.2.840.113549.1.1.1", curve: undefined, bytes };
};

const signedBy = (
  signature: Uint8Array,
  algorithm = signatureAlgorithm.rsaPssSha384,
): SignedBody => {
  return { body, signatureAlgorithm: "1.2.840.113549.1.1.10", algorithm, signature };
};

const usual = await signWith(2_048);

test("verifyRsaPssBody() refuses another body, signature, algorithm and key", async () => {
  const { modulus, signature } = usual;
  const key = keyOf(modulus);
  const verify = (signed: SignedBody, by = key) => verifyRsaPssBody(signed, by);
  assert.equal(await verify({ ...signedBy(signature), body: utf8("else") }), false);
  assert.equal(await verify(signedBy(signature.with(9, (signature[9] ?? 0) ^ 1))), false);
  assert.equal(await verify(signedBy(signature.subarray(1))), false);
  assert.equal(await verify(signedBy(signature, signatureAlgorithm.ecdsaP384Sha384)), false);
  assert.equal(await verify(signedBy(signature), keyOf(modulus, 3)), false);
  assert.equal(await verify(signedBy(signature), keyOf(modulus.with(9, 0))), false);
});

test("verifyRsaPssBody() refuses keys that are too short, and other hashes and salts", async () => {
  for (const made of [
    await signWith(1_024),
    await signWith(2_048, "SHA-256"),
    await signWith(2_048, "SHA-384", 32),
  ]) {
    assert.equal(await verifyRsaPssBody(signedBy(made.signature), keyOf(made.modulus)), false);
  }
});

test("verifyRsaPssBody() throws certificate_malformed where the key is not DER", async () => {
  const key = { ...keyOf(usual.modulus), bytes: usual.modulus };
  const verified = verifyRsaPssBody(signedBy(usual.signature), key);
  await assert.rejects(verified, { code: "certificate_malformed" });
});

test("verifyRsaPssBody() accepts both spellings of the algorithm", async () => {
  for (const name of ["rsaPssSha384", "rsaPssSha384Trailer"] as const) {
    const signed = signedBy(usual.signature, signatureAlgorithm[name]);
    assert.equal(await verifyRsaPssBody(signed, keyOf(usual.modulus)), true, name);
  }
});
