import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  type Claims,
  claimsHash,
  encodeClaims,
  fromHex,
  parseClaims,
  type Policy,
  reportData,
  toHex,
  verifyBundle,
  workerIdOf,
} from "@cocoon/protocol";
import { simulatedProfile } from "./index.ts";

type Vector = {
  readonly nowMs: number;
  readonly profile: object;
  readonly policy: Pick<Policy, "networkId" | "rootAddress" | "tcbEvaluationFloor"> &
    Readonly<Record<"imageHash" | "manifestHash", string>>;
  readonly claims: Omit<Claims, "identityKey" | "bootNonce"> &
    Readonly<Record<"identityKey" | "bootNonce", string>>;
  readonly encodedClaims: string;
  readonly claimsHash: string;
  readonly reportData: string;
  readonly platformId: string;
  readonly bundle: string;
  readonly edits: readonly {
    readonly name: string;
    readonly at: number;
    readonly byte: number;
    readonly error: string | null;
  }[];
};

const path = new URL("../../../../vectors/evidence.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- made by tools/make-evidence-vector.ts
const vector = JSON.parse(readFileSync(path, "utf8")) as Vector;
const bytesOf = (hex: string) => fromHex(hex) ?? assert.fail("hex");

const { imageHash, manifestHash, ...rest } = vector.policy;
const policy: Policy = {
  ...rest,
  readAtMs: vector.nowMs,
  ageMaxMs: 60_000,
  measurements: new Map([
    [imageHash, { teeType: simulatedProfile.teeType, role: "worker" as const }],
  ]),
  models: new Map([[manifestHash, { name: "vector", contextTokens: 1 }]]),
};
const options = {
  policy,
  profiles: [simulatedProfile],
  nowMs: vector.nowMs,
  expect: { tier: "dev" as const },
};

for (const { name, at, byte, error } of vector.edits) {
  test(`verifyBundle() on the recorded evidence, ${name}`, async () => {
    const verified = verifyBundle(bytesOf(vector.bundle).with(at, byte), options);
    if (error !== null) {
      await assert.rejects(verified, { name: "CocoonError", code: error });
      return;
    }
    const worker = await verified;
    assert.equal(worker.claimsHash, vector.claimsHash);
    assert.equal(worker.imageHash, imageHash);
    assert.equal(worker.platformId, vector.platformId);
    assert.equal(worker.tier, "dev");
  });
}

test("encodeClaims() and its hashes are the recorded ones", () => {
  const { claims } = vector;
  const [identityKey, bootNonce] = [bytesOf(claims.identityKey), bytesOf(claims.bootNonce)];
  const encoded = encodeClaims({ ...claims, identityKey, bootNonce });
  assert.equal(toHex(encoded), vector.encodedClaims);
  assert.equal(claimsHash(encoded), vector.claimsHash);
  assert.equal(toHex(reportData(encoded)), vector.reportData);
  assert.equal(workerIdOf(identityKey), claims.workerId);
  assert.equal(parseClaims(encoded).payout, claims.payout);
});

test("the recorded profile is the one of this source", () => {
  assert.deepEqual(vector.profile, simulatedProfile);
});
