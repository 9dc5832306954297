// What garbage costs a verifier: signatures that it checks, not milliseconds, so that no other load can spoil the count.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  CocoonError,
  createEvidenceCache,
  encodeBundle,
  encodeClaims,
  type ErrorCode,
  type EvidenceCache,
  parseBundle,
} from "@cocoon/protocol";
import { createSimulatedBundle } from "./bundle.ts";
import { claims, measurement, nowMs, options, policy, vendor } from "./evidence-fixture.test.ts";

/** Every signature that WebCrypto checks meanwhile. */
async function signaturesOf(task: () => Promise<void>): Promise<number> {
  const { subtle } = crypto;
  const verify = subtle.verify.bind(subtle);
  let checked = 0;
  subtle.verify = (...args: Parameters<typeof verify>) => {
    checked += 1;
    return verify(...args);
  };
  try {
    await task();
  } finally {
    subtle.verify = verify;
  }
  return checked;
}

const good = await createSimulatedBundle(vendor, { claims, measurement });
const parts = parseBundle(good);

/** Puts a number into the bytes, so that no two are alike. */
function numbered(bytes: Uint8Array, at: number, index: number): Uint8Array {
  const changed = bytes.slice();
  new DataView(changed.buffer).setUint32(at, index);
  return changed;
}

/** Claims that nobody has verified. */
const claimsOf = (index: number) => encodeClaims({ ...claims, anchorSeqno: 1_000 + index });

/** Offers so many bundles to a cache, and gives the codes of its refusals. */
async function offer(
  total: number,
  make: (index: number) => Uint8Array,
  cache: EvidenceCache = createEvidenceCache({ sizeMax: 64 }),
): Promise<ReadonlySet<ErrorCode>> {
  const codes = new Set<ErrorCode>();
  for (let index = 0; index < total; index += 1) {
    const refusal = await cache.verify(make(index), options).then(
      () => assert.fail("accepted"),
      (error: unknown) => error,
    );
    assert.ok(refusal instanceof CocoonError, String(refusal));
    codes.add(refusal.code);
  }
  return codes;
}

suite("10,000 bad bundles", () => {
  test("cost no signature when they are noise, cut, too large, of an unknown TEE, or with collateral of nobody", async () => {
    const large = new Uint8Array(140_000);
    const forms: readonly (readonly [ErrorCode, (index: number) => Uint8Array])[] = [
      ["bundle_malformed", (index) => numbered(new Uint8Array(64), 4, index)],
      ["bundle_malformed", (index) => good.subarray(0, index)],
      ["bundle_malformed", () => large],
      ["profile_unknown", (index) => encodeBundle({ ...parts, teeType: 0x1_0000 + index })],
      ["collateral_invalid", (index) => encodeBundle({ ...parts, collateral: `{"n":${index}}` })],
    ];
    const signatures = await signaturesOf(async () => {
      for (const [code, form] of forms) assert.deepEqual(await offer(2_000, form), new Set([code]));
    });
    assert.equal(signatures, 0);
  });

  test("cost no signature while the policy is stale, whatever they are", async () => {
    const stale = { ...options, policy: { ...policy, readAtMs: nowMs - 120_000 } };
    const signatures = await signaturesOf(async () => {
      const verified = createEvidenceCache({ sizeMax: 1 }).verify(good, stale);
      await assert.rejects(verified, { code: "policy_stale" });
    });
    assert.equal(signatures, 0);
  });

  test("cost what a quote costs, and nothing for the collateral, when they are the best that a forger can make", async () => {
    const cache = createEvidenceCache({ sizeMax: 64 });
    await cache.verify(good, options);
    // All is genuine but the report data, which the attestation key did not sign.
    const reportDataAt = 48 + 520;
    const forged = (index: number) =>
      encodeBundle({
        ...parts,
        claims: claimsOf(index),
        quote: numbered(parts.quote, reportDataAt, index),
      });
    const total = 100;
    const signatures = await signaturesOf(async () => {
      assert.deepEqual(await offer(total, forged, cache), new Set(["quote_signature_invalid"]));
    });
    const signaturesPerBundle = await signaturesOf(async () => {
      await createEvidenceCache({ sizeMax: 1 }).verify(good, options);
    });
    // Three certificates of the platform's chain, the quoting enclave's report, and the quote; of a first bundle, 15.
    assert.equal(signatures, 5 * total);
    assert.equal(signaturesPerBundle, 15);
  });

  test("never push out the evidence of a worker that was verified", async () => {
    const cache = createEvidenceCache({ sizeMax: 1 });
    await cache.verify(good, options);
    await offer(
      100,
      (index) => encodeBundle({ ...parts, claims: claimsOf(index), collateral: `{"n":${index}}` }),
      cache,
    );
    assert.equal(cache.size, 1);
    const signatures = await signaturesOf(async () => {
      assert.equal((await cache.verify(good, options)).claimsHash.length, 64);
    });
    assert.equal(signatures, 0);
  });
});
