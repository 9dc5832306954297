// A network as its root contract would describe it, and a worker in it: the other tests of this folder change one thing.

import assert from "node:assert/strict";
import {
  type AttestedWorker,
  type Claims,
  type ErrorCode,
  noHash,
  type Policy,
  verifyBundle,
  type VerifyOptions,
  workerIdOf,
} from "@cocoon/protocol";
import {
  createSimulatedVendor,
  simulatedEvaluationNumber,
  simulatedImageHash,
  simulatedProfile,
  simulatedTeeType,
} from "./index.ts";

export const nowMs = Date.parse("2026-02-25T12:00:00Z");
export const measurement = "worker-1";
export const manifestHash = "d4".repeat(32);
export const vendor = await createSimulatedVendor({ nowMs: () => nowMs });

const identityKey = new Uint8Array(32).fill(7);
export const claims: Claims = {
  simulated: true,
  role: "worker",
  networkId: -7_239,
  rootAddress: `0:${"a1".repeat(32)}`,
  workerId: workerIdOf(identityKey),
  identityKey,
  payout: `0:${"b2".repeat(32)}`,
  bootNonce: new Uint8Array(16).fill(9),
  notBeforeMs: nowMs - 60_000,
  notAfterMs: nowMs + 3_600_000,
  anchorSeqno: 5,
  anchorRootHash: "c3".repeat(32),
  manifestHash,
  engineHash: "e5".repeat(32),
  gpuEvidenceHash: noHash,
};

export const policy: Policy = {
  networkId: claims.networkId,
  rootAddress: claims.rootAddress,
  readAtMs: nowMs - 1_000,
  ageMaxMs: 60_000,
  measurements: new Map([
    [simulatedImageHash(measurement), { teeType: simulatedTeeType, role: "worker" }],
    [simulatedImageHash("proxy-1"), { teeType: simulatedTeeType, role: "proxy" }],
  ]),
  models: new Map([[manifestHash, { name: "tiny", contextTokens: 2_048 }]]),
  tcbEvaluationFloor: simulatedEvaluationNumber,
};

export const options: VerifyOptions = {
  policy,
  profiles: [simulatedProfile],
  nowMs,
  expect: { tier: "dev", workerId: claims.workerId, manifestHash },
};

/** Options with another policy. */
export function under(changes: Partial<Policy>): VerifyOptions {
  return { ...options, policy: { ...policy, ...changes } };
}

export async function refuses(
  bundle: Uint8Array | Promise<Uint8Array>,
  code: ErrorCode,
  changes: Partial<VerifyOptions> = {},
): Promise<void> {
  const verified: Promise<AttestedWorker> = verifyBundle(await bundle, { ...options, ...changes });
  await assert.rejects(verified, { name: "CocoonError", code });
}
