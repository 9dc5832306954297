import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { CocoonError } from "../errors/index.ts";
import { signDomain } from "../keys/index.ts";
import { createSigningKey } from "../primitives/index.ts";
import { encodeBundle, type EvidenceBundle } from "./bundle.ts";
import { type Claims, encodeClaims, noHash, reportData, workerIdOf } from "./claims.ts";
import { createEvidenceCache } from "./evidence-cache.ts";
import { gpuEvidenceHash } from "./gpu-evidence.ts";
import { openAttester } from "./open-statement.ts";
import type { Policy } from "./policy.ts";
import { hardwareProfiles, intelTdx, nvidiaGpu, openMachine, publicProfiles } from "./profile.ts";
import { verifyBundle } from "./verify-bundle.ts";
import type { VerifyOptions } from "./attested-worker.ts";

const nowMs = 1_795_000_000_000;
const key = createSigningKey(new Uint8Array(32).fill(7));
const claims: Claims = {
  simulated: false,
  role: "worker",
  networkId: -239,
  rootAddress: `-1:${"a1".repeat(32)}`,
  workerId: workerIdOf(key.publicKey),
  identityKey: key.publicKey,
  payout: `0:${"b2".repeat(32)}`,
  bootNonce: new Uint8Array(16).fill(9),
  notBeforeMs: nowMs,
  notAfterMs: nowMs + 3_600_000,
  anchorSeqno: 0,
  anchorRootHash: noHash,
  manifestHash: "d4".repeat(32),
  engineHash: "e5".repeat(32),
  gpuEvidenceHash: noHash,
};
const policy: Policy = {
  networkId: claims.networkId,
  rootAddress: claims.rootAddress,
  readAtMs: nowMs,
  ageMaxMs: 60_000,
  // No image is listed: none could be.
  measurements: new Map(),
  models: new Map([[claims.manifestHash, { name: "m", contextTokens: 1 }]]),
  tcbEvaluationFloor: 99,
  collateralAgeMsMax: 1,
};
const options: VerifyOptions = {
  policy,
  profiles: publicProfiles,
  nowMs,
  expect: { tier: "open" },
};

/** A bundle of these claims, signed; with parts that a worker would not put in it. */
async function bundleOf(
  changed: Partial<Claims> = {},
  parts: Partial<EvidenceBundle> = {},
): Promise<Uint8Array> {
  const encoded = encodeClaims({ ...claims, ...changed });
  const evidence = await openAttester.attest(reportData(encoded), { identityKey: key });
  const { teeType } = openAttester;
  return encodeBundle({ claims: encoded, teeType, ...evidence, gpu: undefined, ...parts });
}

const refuses = async (
  bundle: Promise<Uint8Array>,
  code: string,
  changed: Partial<VerifyOptions> = {},
): Promise<void> => {
  await assert.rejects(verifyBundle(await bundle, { ...options, ...changed }), { code });
};

test("verifyBundle() refuses an open worker's statement that is none, or another's", async () => {
  await refuses(bundleOf({}, { quote: new Uint8Array(63) }), "statement_malformed");
  await refuses(bundleOf({}, { quote: new Uint8Array(65) }), "statement_malformed");
  await refuses(bundleOf({}, { collateral: "{}" }), "statement_malformed");
  await refuses(bundleOf({}, { quote: new Uint8Array(64) }), "statement_signature_invalid");
  const other = createSigningKey(new Uint8Array(32).fill(8));
  const data = reportData(encodeClaims(claims));
  const theirs = signDomain(other, "cocoon/open/1", data);
  await refuses(bundleOf({}, { quote: theirs }), "statement_signature_invalid");
  const receipt = signDomain(key, "cocoon/receipt/1", data);
  await refuses(bundleOf({}, { quote: receipt }), "statement_signature_invalid");
});

test("verifyBundle() gives an ordinary machine the tier open, on mainnet too, and no higher one", async () => {
  const worker = await verifyBundle(await bundleOf(), options);
  assert.equal(worker.tier, "open");
  assert.equal(worker.profileId, "open");
  assert.equal(worker.imageHash, noHash);
  assert.equal(worker.platformId, claims.workerId);
  assert.equal(worker.expiresAtMs, claims.notAfterMs);
  for (const tier of ["confidential", "confidential-gpu"] as const) {
    await refuses(bundleOf(), "tier_too_low", { expect: { tier } });
  }
});

test("verifyBundle() lets no message raise an open worker's tier", async () => {
  const asTdx = { teeType: intelTdx.teeType };
  await refuses(bundleOf({}, asTdx), "collateral_invalid");
  const device = { report: new Uint8Array(1), chain: "" };
  const gpu = { teeType: nvidiaGpu.teeType, measurements: "{}", devices: [device] };
  await refuses(bundleOf({}, { gpu }), "gpu_evidence_invalid");
  const claimed = { gpuEvidenceHash: gpuEvidenceHash(gpu) };
  await refuses(bundleOf(claimed, { gpu }), "gpu_evidence_invalid");
  await refuses(bundleOf({ simulated: true }), "claims_simulated");
});

test("verifyBundle() holds an open worker to network, role, time, model and bans", async () => {
  await refuses(bundleOf(), "profile_unknown", { profiles: hardwareProfiles });
  await refuses(bundleOf({ role: "proxy" }), "claims_role_mismatch");
  await refuses(bundleOf({ networkId: -3 }), "claims_network_mismatch");
  await refuses(bundleOf({ workerId: "00".repeat(32) }), "claims_worker_mismatch");
  await refuses(bundleOf({ manifestHash: noHash }), "manifest_unknown");
  const later = { nowMs: claims.notAfterMs + 1, policy: { ...policy, ageMaxMs: 1e9 } };
  await refuses(bundleOf(), "claims_expired", later);
  const bannedPlatforms = new Set([claims.workerId]);
  await refuses(bundleOf(), "platform_banned", { policy: { ...policy, bannedPlatforms } });
});

test("createEvidenceCache() forgets an open worker with its claims, and a profile that is taken away", async () => {
  const cache = createEvidenceCache({ sizeMax: 4 });
  const { claimsHash } = await cache.verify(await bundleOf(), options);
  assert.equal(cache.find(claimsHash, options)?.tier, "open");
  const without = { ...options, profiles: hardwareProfiles };
  assert.throws(() => cache.find(claimsHash, without), { code: "profile_unknown" });
  const confidential = { ...options, expect: { tier: "confidential" } as const };
  assert.throws(() => cache.find(claimsHash, confidential), { code: "tier_too_low" });
  const atMs = claims.notAfterMs + 1;
  const later = { ...options, nowMs: atMs, policy: { ...policy, readAtMs: atMs } };
  assert.equal(cache.find(claimsHash, later), undefined);
});

test("verifyBundle() accepts no open worker's bundle with a byte changed", async () => {
  const bundle = await bundleOf();
  const somewhere = fc.nat({ max: bundle.length - 1 });
  await fc.assert(
    fc.asyncProperty(somewhere, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const changed = bundle.with(at, (bundle[at] ?? 0) ^ mask);
      await assert.rejects(verifyBundle(changed, options), (error) => error instanceof CocoonError);
    }),
    { numRuns: 200 },
  );
});

test("an open worker's profile is no vendor's", () => {
  assert.deepEqual(publicProfiles, [...hardwareProfiles, openMachine]);
  assert.ok(hardwareProfiles.every(({ teeType }) => teeType !== openMachine.teeType));
});
