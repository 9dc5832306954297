import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type Claims,
  claimsHash,
  encodeClaims,
  fromHex,
  openMachine,
  parseClaims,
  type Policy,
  reportData,
  toHex,
  type TrustProfile,
  verifyBundle,
  type VerifyOptions,
  workerIdOf,
} from "@cocoon/protocol";
import { simulatedGpuProfile, simulatedProfile, simulatedSevProfiles } from "./index.ts";

type Sample = {
  readonly name: string;
  readonly profiles: readonly [TrustProfile, ...TrustProfile[]];
  readonly imageHash: string;
  readonly claims: Omit<Claims, "identityKey" | "bootNonce"> &
    Readonly<Record<"identityKey" | "bootNonce", string>>;
  readonly encodedClaims: string;
  readonly claimsHash: string;
  readonly reportData: string;
  readonly platformId: string;
  readonly gpuIds: readonly string[];
  readonly bundle: string;
  readonly edits: readonly {
    readonly name: string;
    readonly at: number;
    readonly byte: number;
    readonly error: string | null;
  }[];
};

type Vector = {
  readonly nowMs: number;
  readonly policy: Pick<Policy, "networkId" | "rootAddress" | "tcbEvaluationFloor"> &
    Readonly<Record<"manifestHash" | "gpuMeasurementsHash", string>> & {
      readonly gpuTeeType: number;
    };
  readonly samples: readonly Sample[];
};

const path = new URL("../../../../vectors/evidence.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- made by tools/make-evidence-vector.ts
const vector = JSON.parse(readFileSync(path, "utf8")) as Vector;
const bytesOf = (hex: string) => fromHex(hex) ?? assert.fail("hex");

function optionsOf({ imageHash, profiles }: Sample): VerifyOptions {
  const { manifestHash, gpuMeasurementsHash, gpuTeeType, ...rest } = vector.policy;
  const [{ kind, teeType }] = profiles;
  const image = [imageHash, { teeType, role: "worker" }] as const;
  const policy: Policy = {
    ...rest,
    readAtMs: vector.nowMs,
    ageMaxMs: 60_000,
    measurements: new Map([
      ...(kind === "open" ? [] : [image]),
      [gpuMeasurementsHash, { teeType: gpuTeeType, role: "worker" }],
    ]),
    models: new Map([[manifestHash, { name: "vector", contextTokens: 1 }]]),
  };
  return { policy, profiles, nowMs: vector.nowMs, expect: { tier: "dev" } };
}

for (const sample of vector.samples) {
  for (const { name, at, byte, error } of sample.edits) {
    test(`verifyBundle() on the recorded evidence of ${sample.name}, ${name}`, async () => {
      const bundle = bytesOf(sample.bundle).with(at, byte);
      const verified = verifyBundle(bundle, optionsOf(sample));
      if (error !== null) {
        await assert.rejects(verified, { name: "CocoonError", code: error });
        return;
      }
      const worker = await verified;
      assert.equal(worker.claimsHash, sample.claimsHash);
      assert.equal(worker.imageHash, sample.imageHash);
      assert.equal(worker.platformId, sample.platformId);
      assert.deepEqual(worker.gpuIds, sample.gpuIds);
      assert.equal(worker.tier, sample.profiles[0].tier);
    });
  }

  test(`encodeClaims() and its hashes are the recorded ones of ${sample.name}`, () => {
    const { claims } = sample;
    const [identityKey, bootNonce] = [bytesOf(claims.identityKey), bytesOf(claims.bootNonce)];
    const encoded = encodeClaims({ ...claims, identityKey, bootNonce });
    assert.equal(toHex(encoded), sample.encodedClaims);
    assert.equal(claimsHash(encoded), sample.claimsHash);
    assert.equal(toHex(reportData(encoded)), sample.reportData);
    assert.equal(workerIdOf(identityKey), claims.workerId);
    assert.equal(parseClaims(encoded).payout, claims.payout);
  });
}

test("the recorded profiles are those of this source", () => {
  assert.deepEqual(
    vector.samples.map((sample) => sample.profiles),
    [[simulatedProfile], [simulatedSevProfiles.Turin, simulatedGpuProfile], [openMachine]],
  );
});
