import assert from "node:assert/strict";
import { test } from "node:test";
import { claimsHash, createEvidenceCache, encodeClaims, intelTdx } from "@cocoon/protocol";
import { createSimulatedBundle } from "./index.ts";
import {
  claims,
  measurement,
  nowMs,
  options,
  policy,
  under,
  vendor,
} from "./evidence-fixture.test.ts";

const bundle = await createSimulatedBundle(vendor, { claims, measurement });
const hash = claimsHash(encodeClaims(claims));

test("createEvidenceCache() forgets at the earliest expiry", async () => {
  const cache = createEvidenceCache({ sizeMax: 8 });
  await cache.verify(bundle, options);
  const laterMs = claims.notAfterMs + 1;
  const later = { ...under({ readAtMs: laterMs }), nowMs: laterMs };
  assert.equal(cache.find(hash, later), undefined);
  assert.equal(cache.size, 0);
  await assert.rejects(cache.verify(bundle, later), { code: "claims_expired" });
});

test("createEvidenceCache() applies each use's policy and expectation to what it remembers", async () => {
  const cache = createEvidenceCache({ sizeMax: 8 });
  await cache.verify(bundle, options);
  const revoked = under({ measurements: new Map() });
  await assert.rejects(cache.verify(bundle, revoked), { code: "image_unknown" });
  assert.throws(() => cache.find(hash, revoked), { code: "image_unknown" });
  const floor = under({ tcbEvaluationFloor: policy.tcbEvaluationFloor + 1 });
  assert.throws(() => cache.find(hash, floor), { code: "collateral_rollback" });
  const confidential = { ...options, expect: { tier: "confidential" as const } };
  assert.throws(() => cache.find(hash, confidential), { code: "tier_too_low" });
  const profiles = [intelTdx];
  assert.throws(() => cache.find(hash, { ...options, profiles }), { code: "profile_unknown" });
  const stale = under({ readAtMs: nowMs - 3_600_000 });
  assert.throws(() => cache.find(hash, stale), { code: "policy_stale" });
});

test("createEvidenceCache() remembers nothing that was refused", async () => {
  const cache = createEvidenceCache({ sizeMax: 8 });
  const quote = { reportData: new Uint8Array(64) };
  const forOtherClaims = await createSimulatedBundle(vendor, { claims, measurement, quote });
  await assert.rejects(cache.verify(forOtherClaims, options), { code: "report_data_mismatch" });
  assert.equal(cache.size, 0);
  assert.equal((await cache.verify(bundle, options)).claimsHash, hash);
});

test("createEvidenceCache() finds a worker by its claims hash, without its bundle", async () => {
  const cache = createEvidenceCache({ sizeMax: 8 });
  assert.equal(cache.find(hash, options), undefined);
  const verified = await cache.verify(bundle, options);
  assert.deepEqual(cache.find(hash, options), verified);
  assert.deepEqual(await cache.verify(bundle, options), verified);
});

test("createEvidenceCache() keeps no more than its size", async () => {
  const cache = createEvidenceCache({ sizeMax: 2 });
  const hashes: string[] = [];
  for (const nonce of [1, 2, 3]) {
    const other = { ...claims, bootNonce: new Uint8Array(16).fill(nonce) };
    const made = await createSimulatedBundle(vendor, { claims: other, measurement });
    hashes.push((await cache.verify(made, options)).claimsHash);
  }
  assert.equal(cache.size, 2);
  const found = hashes.map((each) => cache.find(each, options) !== undefined);
  assert.deepEqual(found, [false, true, true]);
});

test("createEvidenceCache() opens collateral again under another root", async () => {
  const cache = createEvidenceCache({ sizeMax: 8 });
  const collateral = await vendor.collateral();
  const bundleOf = (nonce: number) =>
    createSimulatedBundle(vendor, {
      claims: { ...claims, bootNonce: new Uint8Array(16).fill(nonce) },
      measurement,
      collateral,
    });
  await cache.verify(await bundleOf(1), options);
  const [profile = assert.fail()] = options.profiles;
  const profiles = [{ ...profile, rootKeyId: "00".repeat(48) }];
  const verified = cache.verify(await bundleOf(2), { ...options, profiles });
  await assert.rejects(verified, { code: "chain_untrusted" });
});
