// What is a GPU's own: each fault of its evidence with its own code, and the tier that a GPU gives.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Claims,
  encodeGpuMeasurements,
  fromHex,
  type GpuEvidence,
  gpuEvidenceHash,
  gpuNonce,
  keyIdOf,
  noHash,
  nvidiaGpu,
  parseCertificate,
  parsePemCertificates,
  type Policy,
  type TrustProfile,
  verifyBundle,
  type VerifyOptions,
} from "@cocoon/protocol";
import {
  createSimulatedBundle,
  createSimulatedGpu,
  type GpuReportOptions,
  simulatedGpuMeasurements,
  simulatedGpuMeasurementsHash,
  simulatedGpuProfile,
  simulatedGpuRootName,
  simulatedProfile,
} from "./index.ts";
import {
  claims,
  measurement,
  nowMs,
  options,
  policy,
  refuses,
  vendor,
} from "./evidence-fixture.test.ts";

const gpu = await createSimulatedGpu({ nowMs: () => nowMs });
const { teeType } = simulatedGpuProfile;
const nonce = gpuNonce(claims.identityKey, fromHex(claims.anchorRootHash) ?? assert.fail());
const shown = await gpu.attest(nonce);
const measurements: Policy["measurements"] = new Map([
  ...policy.measurements,
  [simulatedGpuMeasurementsHash, { teeType, role: "worker" }],
]);
const under = (changes: Partial<VerifyOptions> = {}): VerifyOptions => {
  const profiles = [simulatedProfile, simulatedGpuProfile];
  return { ...options, profiles, policy: { ...policy, measurements }, ...changes };
};

function bundleOf(evidence: GpuEvidence, changes: Partial<Claims> = {}): Promise<Uint8Array> {
  const claimed = { ...claims, gpuEvidenceHash: gpuEvidenceHash(evidence), ...changes };
  return createSimulatedBundle(vendor, { claims: claimed, measurement, gpu: evidence });
}

const reporting = async (changes: Partial<GpuReportOptions>): Promise<Uint8Array> => {
  return bundleOf({ ...shown, devices: [await gpu.device({ nonce, ...changes })] });
};

test("verifyBundle() refuses GPU evidence that the claims do not name, and a name without evidence", async () => {
  await refuses(bundleOf(shown, { gpuEvidenceHash: noHash }), "gpu_evidence_invalid", under());
  await refuses(
    bundleOf(shown, { gpuEvidenceHash: "01".repeat(32) }),
    "gpu_evidence_invalid",
    under(),
  );
  const gpuHash = gpuEvidenceHash(shown);
  const dropped = createSimulatedBundle(vendor, {
    claims: { ...claims, gpuEvidenceHash: gpuHash },
    measurement,
  });
  await refuses(dropped, "gpu_evidence_invalid", under());
});

test("verifyBundle() refuses a GPU that was asked by another guest, at another boot or at another block", async () => {
  await refuses(reporting({ nonce: new Uint8Array(32) }), "gpu_nonce_mismatch", under());
  const later = gpuNonce(claims.identityKey, new Uint8Array(32));
  await refuses(reporting({ nonce: later }), "gpu_nonce_mismatch", under());
});

test("verifyBundle() refuses a GPU whose key belongs to other firmware", async () => {
  await refuses(reporting({ firmwareId: new Uint8Array(48) }), "gpu_firmware_mismatch", under());
});

test("verifyBundle() refuses a GPU that measures otherwise than its set", async () => {
  const value = (index: number, byte: number) => {
    return { index, values: [byte.toString(16).padStart(2, "0").repeat(48)] };
  };
  for (const changes of [
    { driver: "1.0" },
    { vbios: "00" },
    { measurements: [value(1, 1), value(2, 2), value(3, 3)] },
    { measurements: [] },
  ]) {
    await refuses(reporting(changes), "gpu_measurement_mismatch", under());
  }
});

test("verifyBundle() refuses a set of measurements that the root contract does not list for GPUs", async () => {
  const elsewhere = { ...policy, measurements: policy.measurements };
  await refuses(bundleOf(shown), "gpu_measurements_unknown", under({ policy: elsewhere }));
  const asImage = new Map([
    ...measurements,
    [simulatedGpuMeasurementsHash, { teeType: 0x81, role: "worker" as const }],
  ]);
  const listed = under({ policy: { ...policy, measurements: asImage } });
  await refuses(bundleOf(shown), "gpu_measurements_unknown", listed);
  const forProxies = new Map([
    ...measurements,
    [simulatedGpuMeasurementsHash, { teeType, role: "proxy" as const }],
  ]);
  const elsewhereListed = under({ policy: { ...policy, measurements: forProxies } });
  await refuses(bundleOf(shown), "gpu_measurements_unknown", elsewhereListed);
  const any = encodeGpuMeasurements({
    driver: "0.0.0-simulated",
    vbios: "c0c0000000000000",
    measurements: [1, 2, 3].map((index) => ({ index, values: [] })),
  });
  const loose = { ...shown, measurements: any };
  await refuses(bundleOf(loose), "gpu_measurements_unknown", under());
});

test("verifyBundle() refuses a set of measurements in another spelling", async () => {
  for (const text of [
    "",
    "{}",
    "[]",
    ` ${simulatedGpuMeasurements}`,
    simulatedGpuMeasurements.replace('"index":2', '"index":1'),
  ]) {
    await refuses(bundleOf({ ...shown, measurements: text }), "gpu_evidence_malformed", under());
  }
});

test("verifyBundle() refuses one GPU that stands for two", async () => {
  const [device = assert.fail()] = shown.devices;
  const twice = { ...shown, devices: [device, device] };
  await refuses(bundleOf(twice), "gpu_evidence_invalid", under());
  const other = await createSimulatedGpu({ nowMs: () => nowMs });
  const both = { ...shown, devices: [device, await other.device({ nonce })] };
  const worker = await verifyBundle(await bundleOf(both), under());
  assert.deepEqual(worker.gpuIds, [gpu.platformId, other.platformId]);
});

test("verifyBundle() refuses a report under another GPU's certificates", async () => {
  const other = await createSimulatedGpu({ nowMs: () => nowMs });
  const [device = assert.fail()] = shown.devices;
  const foreign = { ...shown, devices: [{ ...device, chain: other.chain }] };
  await refuses(bundleOf(foreign), "gpu_signature_invalid", under());
});

test("verifyBundle() refuses a GPU without a profile, of another root, with a chain out of date", async () => {
  const without = under({ profiles: [simulatedProfile] });
  await refuses(bundleOf(shown), "profile_unknown", without);
  const foreign: TrustProfile<"nvidia-gpu"> = {
    ...simulatedGpuProfile,
    rootKeyId: nvidiaGpu.rootKeyId,
  };
  const profiles = [simulatedProfile, foreign];
  await refuses(bundleOf(shown), "chain_untrusted", under({ profiles }));
  const old = await createSimulatedGpu({ nowMs: () => nowMs - 4_000 * 86_400_000 });
  await refuses(bundleOf(await old.attest(nonce)), "chain_expired", under());
  await refuses(
    bundleOf({ ...shown, teeType: simulatedProfile.teeType }),
    "profile_unknown",
    under(),
  );
});

test("verifyBundle() refuses a banned GPU, and one that rests on a revoked key", async () => {
  const banned = { ...policy, measurements, bannedPlatforms: new Set([gpu.platformId]) };
  await refuses(bundleOf(shown), "platform_banned", under({ policy: banned }));
  const revokedKeyIds = new Set([simulatedGpuProfile.rootKeyId]);
  const revoked = { ...policy, measurements, revokedKeyIds };
  await refuses(bundleOf(shown), "certificate_revoked", under({ policy: revoked }));
});

/** The same root as if it were hardware's: what a real vendor's evidence would give. */
const real = { simulated: false, tier: "confidential" } as const;
const realGuest: TrustProfile<"tdx"> = { ...simulatedProfile, ...real };
const realGpu: TrustProfile<"nvidia-gpu"> = { ...simulatedGpuProfile, ...real };

test("verifyBundle() gives confidential-gpu where guest and GPU are both real, and nowhere else", async () => {
  const asReal = { simulated: false };
  const bundle = await bundleOf(shown, asReal);
  const expect = { tier: "confidential-gpu" } as const;
  const both = under({ profiles: [realGuest, realGpu], expect });
  assert.equal((await verifyBundle(bundle, both)).tier, "confidential-gpu");
  const alone = createSimulatedBundle(vendor, { claims: { ...claims, ...asReal }, measurement });
  await refuses(alone, "tier_too_low", both);
  const cpu = { ...both, expect: { tier: "confidential" } as const };
  assert.equal((await verifyBundle(await alone, cpu)).tier, "confidential");
  const mixed = { profiles: [realGuest, simulatedGpuProfile] };
  await refuses(bundle, "gpu_evidence_invalid", { ...cpu, ...mixed });
  await refuses(
    bundleOf(shown),
    "gpu_evidence_invalid",
    under({ profiles: [simulatedProfile, realGpu] }),
  );
});

test("the simulated GPU's root says what it is, and is refused on mainnet", async () => {
  const ders = parsePemCertificates(gpu.chain, 4);
  const root = parseCertificate(ders.at(-1) ?? new Uint8Array());
  assert.equal(root.commonName, simulatedGpuRootName);
  assert.equal(await keyIdOf(root.key.bytes), simulatedGpuProfile.rootKeyId);
  const networkId = -239;
  const onMainnet = under({
    profiles: [realGuest, simulatedGpuProfile],
    policy: { ...policy, measurements, networkId },
  });
  await refuses(bundleOf(shown, { networkId, simulated: false }), "profile_unknown", onMainnet);
});
