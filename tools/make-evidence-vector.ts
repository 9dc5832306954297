// Writes vectors/evidence.json. Run by hand when a layout changes; signatures are randomized, so every run writes other
// bundles: node --import tsx --conditions=source tools/make-evidence-vector.ts

import { writeFileSync } from "node:fs";
import {
  createSimulatedBundle,
  createSimulatedGpu,
  createSimulatedSevVendor,
  createSimulatedVendor,
  simulatedEvaluationNumber,
  simulatedGpuMeasurementsHash,
  simulatedGpuProfile,
  simulatedImageHash,
  simulatedSevImageHash,
} from "@cocoon/devnet";
import {
  type Claims,
  claimsHash,
  createSigningKey,
  encodeBundle,
  encodeClaims,
  fromHex,
  gpuEvidenceHash,
  gpuNonce,
  noHash,
  openAttester,
  openMachine,
  reportData,
  toHex,
  type TrustProfile,
  workerIdOf,
} from "@cocoon/protocol";

type Edit = {
  readonly name: string;
  readonly at: number;
  readonly byte: number;
  readonly error: string | null;
};

type Recorded = {
  readonly name: string;
  readonly profiles: readonly TrustProfile[];
  readonly imageHash: string;
  readonly claims: Claims;
  readonly platformId: string;
  readonly gpuIds: readonly string[];
  readonly bundle: Uint8Array;
  readonly edits: readonly Edit[];
};

const nowMs = Date.parse("2026-11-22T12:00:00Z");
const clock = { nowMs: () => nowMs };
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

const asItIs: Edit = { name: "as it is", at: 0, byte: 0x45, error: null };

async function recordTdx(): Promise<Recorded> {
  const vendor = await createSimulatedVendor(clock);
  return {
    name: "TDX",
    profiles: [vendor.profile],
    imageHash: simulatedImageHash(measurement),
    claims,
    platformId: vendor.platformId,
    gpuIds: [],
    bundle: await createSimulatedBundle(vendor, { claims, measurement }),
    edits: [
      asItIs,
      { name: "another version of bundle", at: 3, byte: 0x31, error: "bundle_malformed" },
      { name: "an unknown flag of the claims", at: 11, byte: 3, error: "claims_malformed" },
      { name: "another TEE type", at: 311, byte: 0xc1, error: "profile_unknown" },
      { name: "another end of the claims", at: 176, byte: 0, error: "claims_malformed" },
      { name: "another payout address", at: 130, byte: 0, error: "report_data_mismatch" },
      { name: "another version of quote", at: 319, byte: 3, error: "quote_malformed" },
      { name: "a debuggable guest", at: 487, byte: 1, error: "quote_signature_invalid" },
    ],
  };
}

async function recordSev(): Promise<Recorded> {
  const vendor = await createSimulatedSevVendor("Turin", clock);
  const gpu = await createSimulatedGpu(clock);
  const nonce = gpuNonce(identityKey, fromHex(claims.anchorRootHash) ?? new Uint8Array());
  const evidence = await gpu.attest(nonce);
  const claimed = { ...claims, gpuEvidenceHash: gpuEvidenceHash(evidence) };
  const options = { claims: claimed, measurement, gpu: evidence };
  const bundle = await createSimulatedBundle(vendor, options);
  return {
    name: "SEV-SNP with a GPU",
    profiles: [vendor.profile, simulatedGpuProfile],
    imageHash: simulatedSevImageHash("Turin", measurement),
    claims: claimed,
    platformId: vendor.platformId,
    gpuIds: [gpu.platformId],
    bundle,
    edits: [
      asItIs,
      { name: "another version of report", at: 319, byte: 6, error: "quote_malformed" },
      { name: "a debuggable guest", at: 319 + 10, byte: 0x0b, error: "quote_signature_invalid" },
      { name: "another TCB", at: 319 + 0x183, byte: 1, error: "collateral_mismatch" },
      { name: "another GPU claimed", at: 307, byte: 0, error: "gpu_evidence_invalid" },
      { name: "a GPU cut short", at: bundle.length - 1, byte: 0, error: "gpu_evidence_invalid" },
    ],
  };
}

/** An ordinary machine signs its claims with its identity key; nothing of it is simulated. */
async function recordOpen(): Promise<Recorded> {
  const key = createSigningKey(new Uint8Array(32).fill(0x4b));
  const { publicKey } = key;
  const workerId = workerIdOf(publicKey);
  const own = { ...claims, simulated: false, identityKey: publicKey, workerId };
  const encoded = encodeClaims(own);
  const { teeType } = openAttester;
  const evidence = await openAttester.attest(reportData(encoded), { identityKey: key });
  const bundle = encodeBundle({ claims: encoded, teeType, ...evidence, gpu: undefined });
  const other = (bundle[319] ?? 0) ^ 1;
  return {
    name: "an ordinary machine",
    profiles: [openMachine],
    imageHash: noHash,
    claims: own,
    platformId: workerId,
    gpuIds: [],
    bundle,
    edits: [
      asItIs,
      { name: "another signature", at: 319, byte: other, error: "statement_signature_invalid" },
      { name: "another payout address", at: 130, byte: 0, error: "statement_signature_invalid" },
      { name: "a TEE type of nobody", at: 311, byte: 0, error: "profile_unknown" },
    ],
  };
}

function vectorOf(recorded: Recorded): object {
  const encoded = encodeClaims(recorded.claims);
  return {
    name: recorded.name,
    profiles: recorded.profiles,
    imageHash: recorded.imageHash,
    claims: {
      ...recorded.claims,
      identityKey: toHex(recorded.claims.identityKey),
      bootNonce: toHex(recorded.claims.bootNonce),
    },
    encodedClaims: toHex(encoded),
    claimsHash: claimsHash(encoded),
    reportData: toHex(reportData(encoded)),
    platformId: recorded.platformId,
    gpuIds: recorded.gpuIds,
    bundle: toHex(recorded.bundle),
    edits: recorded.edits,
  };
}

const vector = {
  about:
    "Spec chapter 2: workers' evidence, simulated but for the last, and what a verifier says of it at nowMs under the policy and a sample's profiles; the policy lists each sample's image where it has one, and the GPUs' measurement set. An edit puts one byte at one place.",
  nowMs,
  policy: {
    networkId: claims.networkId,
    rootAddress: claims.rootAddress,
    manifestHash: claims.manifestHash,
    tcbEvaluationFloor: simulatedEvaluationNumber,
    gpuMeasurementsHash: simulatedGpuMeasurementsHash,
    gpuTeeType: simulatedGpuProfile.teeType,
  },
  samples: [vectorOf(await recordTdx()), vectorOf(await recordSev()), vectorOf(await recordOpen())],
};

writeFileSync(
  new URL("../vectors/evidence.json", import.meta.url),
  `${JSON.stringify(vector, undefined, 2)}\n`,
);
