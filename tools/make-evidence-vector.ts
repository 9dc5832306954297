// Writes vectors/evidence.json. Run by hand when a layout changes; ECDSA is randomized, so every run writes another
// bundle: node --import tsx --conditions=source tools/make-evidence-vector.ts

import { writeFileSync } from "node:fs";
import {
  createSimulatedBundle,
  createSimulatedVendor,
  simulatedEvaluationNumber,
  simulatedImageHash,
  simulatedProfile,
} from "@cocoon/devnet";
import {
  type Claims,
  claimsHash,
  encodeClaims,
  noHash,
  reportData,
  toHex,
  workerIdOf,
} from "@cocoon/protocol";

const nowMs = Date.parse("2026-11-22T12:00:00Z");
const measurement = "vector";
const identityKey = new Uint8Array(32).fill(0x4b);
const claims: Claims = {
  simulated: true,
  role: "worker",
  networkId: -7_239,
  rootAddress: `-1:${"a1".repeat(32)}`,
  workerId: workerIdOf(identityKey),
  identityKey,
  payout: `0:${"b2".repeat(32)}`,
  bootNonce: new Uint8Array(16).fill(9),
  notBeforeMs: nowMs - 60_000,
  notAfterMs: nowMs + 3_600_000,
  anchorSeqno: 5,
  anchorRootHash: "c3".repeat(32),
  manifestHash: "d4".repeat(32),
  engineHash: "e5".repeat(32),
  gpuEvidenceHash: noHash,
};
const encoded = encodeClaims(claims);
const vendor = await createSimulatedVendor({ nowMs: () => nowMs });
const bundle = await createSimulatedBundle(vendor, { claims, measurement });

const vector = {
  about:
    "Spec chapter 2: a simulated worker's evidence, and what a verifier says of it at nowMs. An edit puts one byte at one place.",
  nowMs,
  profile: simulatedProfile,
  policy: {
    networkId: claims.networkId,
    rootAddress: claims.rootAddress,
    imageHash: simulatedImageHash(measurement),
    manifestHash: claims.manifestHash,
    tcbEvaluationFloor: simulatedEvaluationNumber,
  },
  claims: {
    ...claims,
    identityKey: toHex(claims.identityKey),
    bootNonce: toHex(claims.bootNonce),
  },
  encodedClaims: toHex(encoded),
  claimsHash: claimsHash(encoded),
  reportData: toHex(reportData(encoded)),
  platformId: vendor.platformId,
  bundle: toHex(bundle),
  edits: [
    { name: "as it is", at: 0, byte: 0x45, error: null },
    { name: "another version of bundle", at: 3, byte: 0x31, error: "bundle_malformed" },
    { name: "an unknown flag of the claims", at: 11, byte: 3, error: "claims_malformed" },
    { name: "another TEE type", at: 311, byte: 0xc1, error: "profile_unknown" },
    { name: "another end of the claims", at: 176, byte: 0, error: "claims_malformed" },
    { name: "another payout address", at: 130, byte: 0, error: "report_data_mismatch" },
    { name: "another version of quote", at: 319, byte: 3, error: "quote_malformed" },
    { name: "a debuggable guest", at: 487, byte: 1, error: "quote_signature_invalid" },
  ],
};

writeFileSync(
  new URL("../vectors/evidence.json", import.meta.url),
  `${JSON.stringify(vector, undefined, 2)}\n`,
);
