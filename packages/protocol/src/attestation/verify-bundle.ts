import { fromHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import {
  admit,
  type AttestedWorker,
  type GenuineEvidence,
  machineKinds,
  requireCurrentCollateral,
  type VerifyOptions,
} from "./attested-worker.ts";
import { type EvidenceBundle, parseBundle } from "./bundle.ts";
import { type Claims, claimsHash, noHash, parseClaims } from "./claims.ts";
import { type GpuEvidence, gpuEvidenceHash, gpuNonce } from "./gpu-evidence.ts";
import { type VerifiedGpus, verifyGpus } from "./gpu.ts";
import { openCollateral } from "./guest-verifiers.ts";
import { verifyStatement } from "./open-statement.ts";
import { requireFreshPolicy } from "./policy.ts";
import { findProfile, type MachineKind, type TrustProfile } from "./profile.ts";

/**
 * Verifies an evidence bundle, by the order of checks in spec section 2.6; each has its own code. It needs
 * no network, and does the same in Node and in a browser. About 4 ms of CPU, of which an evidence cache saves nearly all.
 */
export async function verifyBundle(
  bundle: Uint8Array,
  options: VerifyOptions,
): Promise<AttestedWorker> {
  return admit(await authenticate(bundle, options), options);
}

/** Checks 1 to 5: all that costs signatures. */
export async function authenticate(
  bytes: Uint8Array,
  options: VerifyOptions,
): Promise<GenuineEvidence> {
  const { policy, profiles, nowMs } = options;
  requireFreshPolicy(policy, nowMs);
  const bundle = parseBundle(bytes);
  const claims = parseClaims(bundle.claims);
  const { teeType } = bundle;
  const { networkId } = policy;
  const profile = findProfile(profiles, { teeType, kinds: machineKinds, networkId });
  const { collateral, quote } = await authenticateQuote(bundle, claims, profile, options);
  const gpus = await authenticateGpus(bundle.gpu, claims, profile, options);
  return {
    claims,
    claimsBytes: bundle.claims.slice(),
    claimsHash: claimsHash(bundle.claims),
    profile,
    quote,
    gpus,
    collateral,
    expiresAtMs: Math.min(
      claims.notAfterMs,
      quote.expiresAtMs,
      gpus?.expiresAtMs ?? claims.notAfterMs,
    ),
  };
}

async function authenticateQuote(
  bundle: EvidenceBundle,
  claims: Claims,
  profile: TrustProfile<MachineKind>,
  { policy, nowMs, open = openCollateral }: VerifyOptions,
): Promise<Pick<GenuineEvidence, "collateral" | "quote">> {
  if (profile.kind === "open") return verifyStatement(bundle, claims);
  const collateral = await open(bundle.collateral, profile, nowMs);
  requireCurrentCollateral(collateral, policy, nowMs);
  const quote = await collateral.verifyQuote(bundle.quote, nowMs);
  const { issuedAtMs, evaluationNumber, expiresAtMs } = collateral;
  return { quote, collateral: { issuedAtMs, evaluationNumber, expiresAtMs } };
}

/** The claims name exactly the GPU evidence that is there; beside a TEE it is then looked at. */
async function authenticateGpus(
  gpu: GpuEvidence | undefined,
  { gpuEvidenceHash: claimed, identityKey, anchorRootHash }: Claims,
  { kind }: TrustProfile<MachineKind>,
  { policy, profiles, nowMs }: VerifyOptions,
): Promise<VerifiedGpus | undefined> {
  if (claimed !== (gpu === undefined ? noHash : gpuEvidenceHash(gpu))) {
    throw new CocoonError("gpu_evidence_invalid", { reason: "not the evidence of the claims" });
  }
  if (gpu === undefined) return undefined;
  if (kind === "open") throw new CocoonError("gpu_evidence_invalid", { reason: "beside no TEE" });
  const query = {
    teeType: gpu.teeType,
    kinds: ["nvidia-gpu"],
    networkId: policy.networkId,
  } as const;
  const profile = findProfile(profiles, query);
  const nonce = gpuNonce(identityKey, fromHex(anchorRootHash) ?? new Uint8Array());
  return verifyGpus(gpu, { profile, nonce, nowMs });
}
