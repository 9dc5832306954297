// A worker's own evidence, from its TEE to a client's verdict, with nothing in between made up.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  createSimulatedGpu,
  createSimulatedSevVendor,
  createSimulatedVendor,
  simulatedEvaluationNumber,
  simulatedGpuMeasurementsHash,
  simulatedGpuProfile,
  simulatedImageHash,
  simulatedProfile,
  simulatedSevImageHash,
  simulatedTeeType,
} from "@cocoon/devnet";
import { createEvidenceCache, type Policy, verifyBundle } from "@cocoon/protocol";
import { buildBundle, createIdentity, renewAtMs } from "@cocoon/services";

const nowMs = Date.parse("2026-02-25T12:00:00Z");
const manifestHash = "d4".repeat(32);
const policy: Policy = {
  networkId: -7_239,
  rootAddress: `0:${"a1".repeat(32)}`,
  readAtMs: nowMs,
  ageMaxMs: 60_000,
  measurements: new Map([
    [simulatedImageHash("worker"), { teeType: simulatedTeeType, role: "worker" }],
  ]),
  models: new Map([[manifestHash, { name: "tiny", contextTokens: 2_048 }]]),
  tcbEvaluationFloor: simulatedEvaluationNumber,
};
const options = { policy, profiles: [simulatedProfile], nowMs, expect: { tier: "dev" as const } };

const fields = {
  networkId: policy.networkId,
  rootAddress: policy.rootAddress,
  payout: `0:${"b2".repeat(32)}`,
  manifestHash,
  engineHash: "e5".repeat(32),
  nowMs,
};

async function build(identity = createIdentity()) {
  const vendor = await createSimulatedVendor({ nowMs: () => nowMs });
  return buildBundle({ ...fields, attester: vendor.attester("worker"), identity });
}

test("buildBundle() with a simulated TEE gives what verifyBundle() accepts", async () => {
  const identity = createIdentity();
  const { bytes, claimsHash } = await build(identity);
  const worker = await verifyBundle(bytes, options);
  assert.equal(worker.claimsHash, claimsHash);
  assert.equal(worker.claims.workerId, identity.workerId);
  assert.equal(renewAtMs(worker), nowMs + 4.5 * 3_600_000);
  assert.ok(bytes.length < 16_384, `${bytes.length} bytes`);
});

test("buildBundle() shows the GPUs beside any TEE, and verifyBundle() accepts them", async () => {
  const clock = { nowMs: () => nowMs };
  const vendor = await createSimulatedSevVendor("Turin", clock);
  const gpus = await createSimulatedGpu(clock);
  const { bytes } = await buildBundle({
    ...fields,
    attester: { ...vendor.attester("worker"), gpus },
    identity: createIdentity(),
    anchor: { seqno: 7, rootHash: "c3".repeat(32) },
  });
  const measurements: Policy["measurements"] = new Map([
    [simulatedSevImageHash("Turin", "worker"), { teeType: vendor.profile.teeType, role: "worker" }],
    [simulatedGpuMeasurementsHash, { teeType: simulatedGpuProfile.teeType, role: "worker" }],
  ]);
  const worker = await verifyBundle(bytes, {
    ...options,
    policy: { ...policy, measurements },
    profiles: [vendor.profile, simulatedGpuProfile],
  });
  assert.equal(worker.platformId, vendor.platformId);
  assert.deepEqual(worker.gpuIds, [gpus.platformId]);
});

test("createEvidenceCache() serves two workers of two vendors with one root", async () => {
  const cache = createEvidenceCache({ sizeMax: 8 });
  for (const { bytes, claimsHash } of [await build(), await build()]) {
    await cache.verify(bytes, options);
    assert.ok(cache.find(claimsHash, options));
  }
  assert.equal(cache.size, 2);
});

test("no source file hands bytes to X509Certificate, which may find another certificate in them", () => {
  const packages = new URL("../../packages/", import.meta.url);
  const names = readdirSync(packages, { recursive: true, encoding: "utf8" });
  const sources = names.filter(
    (name) => /\/src\/.*\.ts$/.test(name) && !/\.test\.ts$|node_modules|\/dist\//.test(name),
  );
  assert.ok(sources.length > 50);
  for (const name of sources) {
    const text = readFileSync(new URL(name, packages), "utf8");
    assert.ok(!text.includes("new X509Certificate("), name);
  }
});
