// The last part of an appraisal: whether a genuine quote is one that this network, this policy and this caller accept.

import { equalBytes } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { type Tier, tierSatisfies } from "../tier/index.ts";
import { type Claims, reportData, workerIdOf } from "./claims.ts";
import { type AllowedImage, clockToleranceMs, type Policy } from "./policy.ts";
import type { CollateralAge, VerifiedQuote } from "./evidence.ts";
import type { VerifiedGpus } from "./gpu.ts";
import { guestKinds, type openCollateral } from "./guest-verifiers.ts";
import {
  findProfile,
  type MachineKind,
  type ProfileKind,
  type ProfileQuery,
  type TrustProfile,
} from "./profile.ts";
import { reachesSevTcb } from "./sev-product.ts";

/** Kinds of evidence that a bundle can be of. */
export const machineKinds: readonly MachineKind[] = [...guestKinds, "open"];

/** What a caller asks of a worker. Hashes in hex. */
export type Expectation = {
  /** The lowest tier that will do. */
  readonly tier: Tier;
  readonly workerId?: string;
  readonly manifestHash?: string;
};

/** Evidence whose vendor's part is verified. It depends on no policy but the collateral's own times. */
export type GenuineEvidence = {
  readonly claims: Claims;
  readonly claimsBytes: Uint8Array;
  /** Hex. */
  readonly claimsHash: string;
  readonly profile: TrustProfile<MachineKind>;
  readonly quote: VerifiedQuote;
  /** As the claims say: those that they name, or undefined where they name none. */
  readonly gpus: VerifiedGpus | undefined;
  readonly collateral: CollateralAge;
  /** When the first of claims, collateral and certificates expires, Unix milliseconds. */
  readonly expiresAtMs: number;
};

declare const attested: unique symbol;

/** A worker whose evidence was verified: it comes from verifyBundle and an evidence cache alone. */
export type AttestedWorker = {
  readonly [attested]: true;
  readonly claims: Claims;
  /** Hex. */
  readonly claimsHash: string;
  readonly tier: Tier;
  readonly profileId: string;
  /** Hex; zeros where nothing is measured. */
  readonly imageHash: string;
  /** Names the one machine that the evidence comes from, hex: one stake, one ban. An open worker's is its worker id. */
  readonly platformId: string;
  /** Names each GPU that the tier rests on, hex: the same holds for them. */
  readonly gpuIds: readonly string[];
  /** Nothing may be sealed to the worker after this, Unix milliseconds. */
  readonly expiresAtMs: number;
};

export type VerifyOptions = {
  readonly policy: Policy;
  /** Whom to believe; where two are for one TEE type, the first counts. */
  readonly profiles: readonly TrustProfile[];
  readonly nowMs: number;
  readonly expect: Expectation;
  /** In place of openCollateral, one that remembers. */
  readonly open?: typeof openCollateral;
};

/** Checks 6 to 13 of spec section 2.6, in that order. None of them costs a signature. */
export function admit(evidence: GenuineEvidence, options: VerifyOptions): AttestedWorker {
  const { claims, quote, gpus } = evidence;
  const { policy, nowMs, expect } = options;
  const profile = currentProfile(evidence.profile, machineKinds, options);
  requireCurrentCollateral(evidence.collateral, policy, nowMs);
  requireTcb(evidence, policy);
  requireAllowedImage(evidence, policy);
  if (!equalBytes(quote.reportData, reportData(evidence.claimsBytes))) {
    throw new CocoonError("report_data_mismatch");
  }
  requireNetwork(claims, policy);
  requireWorker(claims, expect);
  requireTimely(claims, policy, nowMs);
  if (claims.simulated !== profile.simulated) throw new CocoonError("claims_simulated");
  requireNotBanned(evidence, policy);
  const gpuProfile = gpus && currentProfile(gpus.profile, ["nvidia-gpu"], options);
  if (gpus !== undefined) requireAllowedGpus(gpus, profile, policy);
  requireModel(claims, policy, expect);
  const tier = tierOf(profile, gpuProfile);
  if (!tierSatisfies(tier, expect.tier)) {
    throw new CocoonError("tier_too_low", { tier, wanted: expect.tier });
  }
  const worker = {
    claims,
    claimsHash: evidence.claimsHash,
    tier,
    profileId: profile.id,
    imageHash: quote.imageHash,
    platformId: quote.platformId,
    gpuIds: gpus?.platformIds ?? [],
    expiresAtMs: evidence.expiresAtMs,
  };
  return worker as unknown as AttestedWorker; // oxlint-disable-line no-unsafe-type-assertion -- the brand
}

/** Whom to believe may have changed since the evidence was verified. */
function currentProfile<Kind extends ProfileKind>(
  profile: TrustProfile<Kind>,
  kinds: ProfileQuery<Kind>["kinds"],
  { profiles, policy }: VerifyOptions,
): TrustProfile<Kind> {
  const { teeType, rootKeyId, id } = profile;
  const current = findProfile(profiles, { teeType, kinds, networkId: policy.networkId });
  if (current.rootKeyId !== rootKeyId) throw new CocoonError("profile_unknown", { profile: id });
  return current;
}

/** A GPU raises the tier of a guest that is itself confidential, and nothing else does. */
function tierOf(
  { tier }: TrustProfile<MachineKind>,
  gpuProfile: TrustProfile<"nvidia-gpu"> | undefined,
): Tier {
  return tier === "confidential" && gpuProfile?.tier === "confidential" ? "confidential-gpu" : tier;
}

function requireTcb({ profile, quote }: GenuineEvidence, policy: Policy): void {
  const minimum = policy.sevTcbMin?.get(profile.teeType);
  const isMet =
    minimum === undefined || quote.sevTcb === undefined || reachesSevTcb(quote.sevTcb, minimum);
  if (!isMet) throw new CocoonError("tcb_out_of_date", { part: "platform" });
}

function requireNotBanned({ quote, gpus }: GenuineEvidence, policy: Policy): void {
  const platformIds = [quote.platformId, ...(gpus?.platformIds ?? [])];
  const banned = platformIds.find((id) => policy.bannedPlatforms?.has(id) === true);
  if (banned !== undefined) throw new CocoonError("platform_banned", { platformId: banned });
  const keyIds = [...quote.keyIds, ...(gpus?.keyIds ?? [])];
  const revoked = keyIds.find((id) => policy.revokedKeyIds?.has(id) === true);
  if (revoked !== undefined) throw new CocoonError("certificate_revoked", { keyId: revoked });
}

function requireAllowedGpus(
  { profile, measurementsHash }: VerifiedGpus,
  guest: TrustProfile<MachineKind>,
  policy: Policy,
): void {
  if (profile.simulated !== guest.simulated) {
    throw new CocoonError("gpu_evidence_invalid", { reason: "simulated beside real" });
  }
  const listed = policy.measurements.get(measurementsHash);
  if (listed?.teeType !== profile.teeType || listed.role !== "worker") {
    const { teeType } = profile;
    throw new CocoonError("gpu_measurements_unknown", { measurementsHash, teeType });
  }
}

/** Throws collateral_rollback below the policy's floor, collateral_expired where it is too old for the policy. */
export function requireCurrentCollateral(
  { evaluationNumber, issuedAtMs, expiresAtMs }: CollateralAge,
  policy: Policy,
  nowMs: number,
): void {
  const floor = policy.tcbEvaluationFloor;
  if (evaluationNumber !== undefined && evaluationNumber < floor) {
    throw new CocoonError("collateral_rollback", { evaluationNumber, floor });
  }
  const ageMs = nowMs - issuedAtMs;
  const isTooOld = ageMs > (policy.collateralAgeMsMax ?? Infinity);
  if (isTooOld || nowMs > expiresAtMs) throw new CocoonError("collateral_expired", { ageMs });
}

function requireAllowedImage(evidence: GenuineEvidence, policy: Policy): void {
  const { claims, profile } = evidence;
  // Nothing measures an ordinary machine: no list could say what runs there.
  const role = profile.kind === "open" ? "worker" : requireListedImage(evidence, policy).role;
  if (role !== "worker" || claims.role !== "worker") {
    throw new CocoonError("claims_role_mismatch", { image: role, claims: claims.role });
  }
}

function requireListedImage(evidence: GenuineEvidence, policy: Policy): AllowedImage {
  const { collateral, profile, quote } = evidence;
  const image = policy.measurements.get(quote.imageHash);
  if (image === undefined || image.teeType !== profile.teeType) {
    throw new CocoonError("image_unknown", { imageHash: quote.imageHash });
  }
  const { evaluationNumber } = collateral;
  const { evaluationMin: floor = 0 } = image;
  if (evaluationNumber !== undefined && evaluationNumber < floor) {
    throw new CocoonError("collateral_rollback", { evaluationNumber, floor });
  }
  return image;
}

function requireNetwork(claims: Claims, policy: Policy): void {
  const isHere = claims.networkId === policy.networkId && claims.rootAddress === policy.rootAddress;
  if (!isHere) throw new CocoonError("claims_network_mismatch", { networkId: claims.networkId });
}

function requireWorker({ workerId, identityKey }: Claims, expect: Expectation): void {
  const isWanted = expect.workerId === undefined || workerId === expect.workerId;
  if (!isWanted || workerId !== workerIdOf(identityKey)) {
    throw new CocoonError("claims_worker_mismatch", { workerId });
  }
}

function requireTimely(claims: Claims, policy: Policy, nowMs: number): void {
  const { notBeforeMs, notAfterMs, anchorSeqno } = claims;
  if (nowMs < notBeforeMs - clockToleranceMs || nowMs > notAfterMs) {
    throw new CocoonError("claims_expired", { notBeforeMs, notAfterMs });
  }
  const known = policy.blockRootHash?.(anchorSeqno);
  if (known !== undefined && known !== claims.anchorRootHash) {
    throw new CocoonError("claims_anchor_mismatch", { anchorSeqno });
  }
}

function requireModel({ manifestHash }: Claims, policy: Policy, expect: Expectation): void {
  if (!policy.models.has(manifestHash)) {
    throw new CocoonError("manifest_unknown", { manifestHash });
  }
  if (expect.manifestHash !== undefined && manifestHash !== expect.manifestHash) {
    throw new CocoonError("manifest_mismatch", { manifestHash });
  }
}
