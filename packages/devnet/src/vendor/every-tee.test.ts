// What holds for a worker on every kind of TEE, with and without a GPU: one suite, run for each simulated vendor.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CocoonError,
  createEvidenceCache,
  fromHex,
  type GpuEvidence,
  gpuEvidenceHash,
  gpuNonce,
  hardwareProfiles,
  noHash,
  type Policy,
  type TrustProfile,
  verifyBundle,
  type VerifyOptions,
} from "@cocoon/protocol";
import * as fc from "fast-check";
import {
  createSimulatedBundle,
  createSimulatedGpu,
  createSimulatedSevVendor,
  createSimulatedVendor,
  simulatedGpuMeasurementsHash,
  simulatedGpuProfile,
  simulatedImageHash,
  simulatedProfile,
  simulatedSevImageHash,
  simulatedSevProfiles,
  type SimulatedTee,
} from "./index.ts";
import { claims, measurement, nowMs, options, policy, refuses } from "./evidence-fixture.test.ts";

type Changes = {
  readonly claims?: Partial<typeof claims>;
  readonly reportData?: Uint8Array;
  readonly measurement?: string;
  readonly teeType?: number;
};

/** A kind of TEE as the suite sees it. */
type Tee = {
  readonly name: string;
  readonly profile: TrustProfile;
  readonly imageHash: string;
  readonly platformId: string;
  readonly bundle: (changes?: Changes, gpu?: GpuEvidence) => Promise<Uint8Array>;
};

const clock = { nowMs: () => nowMs };
const tdx = await createSimulatedVendor(clock);
const genoa = await createSimulatedSevVendor("Genoa", clock);
const turin = await createSimulatedSevVendor("Turin", clock);
const gpu = await createSimulatedGpu(clock);

function bundler<
  Quote extends { readonly measurement: string; readonly reportData: Uint8Array },
  Collateral extends object,
>(vendor: SimulatedTee<Quote, Collateral>): Tee["bundle"] {
  return (changes = {}, shown) => {
    const { reportData, teeType } = changes;
    const quoting: SimulatedTee<Quote, Collateral> = {
      ...vendor,
      quote: (quote) => vendor.quote(reportData === undefined ? quote : { ...quote, reportData }),
    };
    const gpuHash = shown === undefined ? noHash : gpuEvidenceHash(shown);
    return createSimulatedBundle(quoting, {
      claims: { ...claims, gpuEvidenceHash: gpuHash, ...changes.claims },
      measurement: changes.measurement ?? measurement,
      ...(teeType === undefined ? {} : { teeType }),
      ...(shown === undefined ? {} : { gpu: shown }),
    });
  };
}

const tees: readonly Tee[] = [
  {
    name: "TDX",
    profile: simulatedProfile,
    imageHash: simulatedImageHash(measurement),
    platformId: tdx.platformId,
    bundle: bundler(tdx),
  },
  {
    name: "SEV-SNP on Genoa",
    profile: simulatedSevProfiles.Genoa,
    imageHash: simulatedSevImageHash("Genoa", measurement),
    platformId: genoa.platformId,
    bundle: bundler(genoa),
  },
  {
    name: "SEV-SNP on Turin",
    profile: simulatedSevProfiles.Turin,
    imageHash: simulatedSevImageHash("Turin", measurement),
    platformId: turin.platformId,
    bundle: bundler(turin),
  },
];

const profiles = [...tees.map((tee) => tee.profile), simulatedGpuProfile];
const measurements: Policy["measurements"] = new Map([
  ...tees.map((tee) => [tee.imageHash, { teeType: tee.profile.teeType, role: "worker" }] as const),
  [simulatedGpuMeasurementsHash, { teeType: simulatedGpuProfile.teeType, role: "worker" }],
]);
const under = (changes: Partial<Policy>, others: Partial<VerifyOptions> = {}): VerifyOptions => {
  return { ...options, profiles, policy: { ...policy, measurements, ...changes }, ...others };
};
const nonce = gpuNonce(claims.identityKey, fromHex(claims.anchorRootHash) ?? assert.fail());
const shownGpu = await gpu.attest(nonce);

for (const { name, profile, imageHash, platformId, bundle } of tees) {
  test(`verifyBundle() accepts a simulated worker on ${name}, with tier dev`, async () => {
    const worker = await verifyBundle(await bundle(), under({}));
    assert.equal(worker.tier, "dev");
    assert.equal(worker.profileId, profile.id);
    assert.equal(worker.imageHash, imageHash);
    assert.equal(worker.platformId, platformId);
    assert.deepEqual(worker.gpuIds, []);
    assert.equal(worker.expiresAtMs, claims.notAfterMs);
  });

  test(`verifyBundle() accepts a simulated GPU beside ${name}, and the tier stays dev`, async () => {
    const worker = await verifyBundle(await bundle({}, shownGpu), under({}));
    assert.equal(worker.tier, "dev");
    assert.deepEqual(worker.gpuIds, [gpu.platformId]);
    const wanted = under({}, { expect: { tier: "confidential-gpu" } });
    await refuses(bundle({}, shownGpu), "tier_too_low", wanted);
  });

  test(`verifyBundle() refuses ${name} under any vendor's own root`, async () => {
    await refuses(bundle(), "profile_unknown", under({}, { profiles: hardwareProfiles }));
    const root = hardwareProfiles.find(({ kind }) => kind === profile.kind);
    assert.ok(root !== undefined);
    const pretending = { ...profile, rootKeyId: root.rootKeyId };
    await refuses(bundle(), "chain_untrusted", under({}, { profiles: [pretending] }));
  });

  test(`verifyBundle() refuses simulated ${name} on mainnet by construction`, async () => {
    const networkId = -239;
    const claimed = bundle({ claims: { networkId } });
    await refuses(claimed, "profile_unknown", under({ networkId }));
    const onMainnet = under({ networkId }, { profiles: [...profiles, ...hardwareProfiles] });
    await refuses(
      bundle({ claims: { networkId, simulated: false } }),
      "profile_unknown",
      onMainnet,
    );
  });

  test(`verifyBundle() refuses ${name} whose quote is for other claims or another image`, async () => {
    const reportData = new Uint8Array(64);
    await refuses(bundle({ reportData }), "report_data_mismatch", under({}));
    await refuses(bundle({ measurement: "other" }), "image_unknown", under({}));
    const elsewhere = new Map([[imageHash, { teeType: 0x81, role: "worker" as const }]]);
    await refuses(bundle(), "image_unknown", under({ measurements: elsewhere }));
  });

  test(`verifyBundle() refuses ${name} whose claims do not hold`, async () => {
    await refuses(bundle({ claims: { networkId: -3 } }), "claims_network_mismatch", under({}));
    await refuses(bundle({ claims: { role: "proxy" } }), "claims_role_mismatch", under({}));
    await refuses(bundle({ claims: { notAfterMs: nowMs - 1 } }), "claims_expired", under({}));
    await refuses(bundle({ claims: { simulated: false } }), "claims_simulated", under({}));
    const manifestHash = "00".repeat(32);
    await refuses(bundle({ claims: { manifestHash } }), "manifest_unknown", under({}));
  });

  test(`verifyBundle() refuses a banned ${name}, and one that rests on a revoked key`, async () => {
    const bannedPlatforms = new Set([platformId]);
    await refuses(bundle(), "platform_banned", under({ bannedPlatforms }));
    const revokedKeyIds = new Set([profile.rootKeyId]);
    await refuses(bundle(), "certificate_revoked", under({ revokedKeyIds }));
  });

  test(`verifyBundle() refuses ${name} in the format of another TEE`, async () => {
    for (const other of tees.filter((tee) => tee.profile !== profile)) {
      const { teeType } = other.profile;
      const verified = verifyBundle(await bundle({ teeType }), under({}));
      await assert.rejects(verified, CocoonError, other.name);
    }
    const asGpu = bundle({ teeType: simulatedGpuProfile.teeType });
    await refuses(asGpu, "profile_unknown", under({}));
  });

  test(`createEvidenceCache() applies each use's policy to ${name}`, async () => {
    const cache = createEvidenceCache({ sizeMax: 4 });
    const { claimsHash } = await cache.verify(await bundle({}, shownGpu), under({}));
    assert.equal(cache.find(claimsHash, under({}))?.platformId, platformId);
    const bannedPlatforms = new Set([gpu.platformId]);
    assert.throws(() => cache.find(claimsHash, under({ bannedPlatforms })), {
      code: "platform_banned",
    });
    for (const changed of profiles.filter(({ id }) => [profile.id, "simulated-gpu"].includes(id))) {
      const others = profiles.filter((each) => each !== changed);
      const rooted = { ...changed, rootKeyId: "00".repeat(48) };
      assert.throws(() => cache.find(claimsHash, under({}, { profiles: [...others, rooted] })), {
        code: "profile_unknown",
      });
    }
    const withoutGpu = tees.map((tee) => tee.profile);
    assert.throws(() => cache.find(claimsHash, under({}, { profiles: withoutGpu })), {
      code: "profile_unknown",
    });
  });

  test(`verifyBundle() refuses a bundle of ${name} and a GPU with any one byte changed`, async () => {
    const made = await bundle({}, shownGpu);
    const change = fc.tuple(fc.nat(made.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(change, async ([at, flip]) => {
        const changed = made.with(at, (made[at] ?? 0) ^ flip);
        await assert.rejects(verifyBundle(changed, under({})), CocoonError, `byte ${at}`);
      }),
      { numRuns: 150, seed: 20_260_225 },
    );
  });
}
