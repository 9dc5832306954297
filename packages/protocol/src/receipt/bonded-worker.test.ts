import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex } from "../bytes/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import {
  type BondedIdentity,
  bondedIdentityDigest,
  type Verdict,
  verdictDigest,
} from "./bonded-worker.ts";

type Signed = { readonly digest: string; readonly signature: string };
type Vectors = {
  readonly bondSeed: string;
  readonly auditorSeed: string;
  readonly identities: readonly (Omit<BondedIdentity, "identityKey"> &
    Signed & { readonly identityKey: string })[];
  readonly verdicts: readonly (Omit<Verdict, "receipt"> & Signed & { readonly receipt: string })[];
};
const file = new URL("../../../../vectors/bonded-worker.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail("not hex");

test("bondedIdentityDigest() and verdictDigest() refuse fields that do not fit", () => {
  const place = { networkId: -7239, bond: `0:${"b0".repeat(32)}` };
  const key = new Uint8Array(32);
  const identity = { ...place, identityKey: key, notAfterSeconds: 1 };
  const verdict = { ...place, round: 0, receipt: key, reason: 0 };
  for (const change of [{ identityKey: key.subarray(1) }, { notAfterSeconds: -1 }]) {
    assert.throws(() => bondedIdentityDigest({ ...identity, ...change }), RangeError);
  }
  for (const change of [{ receipt: key.subarray(1) }, { reason: 256 }, { round: 2 ** 32 }]) {
    assert.throws(() => verdictDigest({ ...verdict, ...change }), RangeError);
  }
});

test("bondedIdentityDigest() gives the digests of the vectors, which the bond key signed", () => {
  const key = createSigningKey(bytesOf(vectors.bondSeed));
  for (const { digest, signature, ...identity } of vectors.identities) {
    const made = bondedIdentityDigest({ ...identity, identityKey: bytesOf(identity.identityKey) });
    assert.deepEqual([toHex(made), toHex(key.sign(made))], [digest, signature]);
  }
});

test("verdictDigest() gives the digests of the vectors, which an auditor signed", () => {
  const key = createSigningKey(bytesOf(vectors.auditorSeed));
  for (const { digest, signature, ...verdict } of vectors.verdicts) {
    const made = verdictDigest({ ...verdict, receipt: bytesOf(verdict.receipt) });
    assert.deepEqual([toHex(made), toHex(key.sign(made))], [digest, signature]);
  }
});
