// The last part of an appraisal: whether a genuine quote is one that this network, this policy and this caller accept.

import { equalBytes } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { type Tier, tierSatisfies } from "../tier/index.ts";
import { type Claims, noHash, reportData, workerIdOf } from "./claims.ts";
import { clockToleranceMs, type Policy } from "./policy.ts";
import type { openCollateral, OpenedCollateral } from "./collateral.ts";
import { findProfile, type TrustProfile } from "./profile.ts";
import type { VerifiedQuote } from "./tdx.ts";

/** What a caller asks of a worker. Hashes in hex. */
export type Expectation = {
  /** The lowest tier that will do. */
  readonly tier: Tier;
  readonly workerId?: string;
  readonly manifestHash?: string;
};

/** What a policy may ask of collateral after it was opened. */
export type CollateralAge = Pick<
  OpenedCollateral,
  "issuedAtMs" | "evaluationNumber" | "expiresAtMs"
>;

/** Evidence whose vendor's part is verified. It depends on no policy but the collateral's own times. */
export type GenuineEvidence = {
  readonly claims: Claims;
  readonly claimsBytes: Uint8Array;
  /** Hex. */
  readonly claimsHash: string;
  readonly profile: TrustProfile;
  readonly quote: VerifiedQuote;
  readonly collateral: CollateralAge;
  /** When the first of claims, collateral and certificates expires. */
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
  /** Hex. */
  readonly imageHash: string;
  /** Names the one machine that the evidence comes from, hex: one stake, one ban. */
  readonly platformId: string;
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
  const { claims, quote } = evidence;
  const { policy, nowMs, expect } = options;
  const profile = currentProfile(evidence, options);
  requireCurrentCollateral(evidence.collateral, policy, nowMs);
  requireAllowedImage(evidence, policy);
  if (!equalBytes(quote.reportData, reportData(evidence.claimsBytes))) {
    throw new CocoonError("report_data_mismatch");
  }
  requireNetwork(claims, policy);
  requireWorker(claims, expect);
  requireTimely(claims, policy, nowMs);
  if (claims.simulated !== profile.simulated) throw new CocoonError("claims_simulated");
  if (policy.bannedPlatforms?.has(quote.platformId) === true) {
    throw new CocoonError("platform_banned");
  }
  // A bundle has no room for a GPU's evidence yet, so there is none that could back the claim.
  if (claims.gpuEvidenceHash !== noHash) throw new CocoonError("gpu_evidence_invalid");
  requireModel(claims, policy, expect);
  const { tier } = profile;
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
    expiresAtMs: evidence.expiresAtMs,
  };
  return worker as unknown as AttestedWorker; // oxlint-disable-line no-unsafe-type-assertion -- the brand
}

/** Whom to believe may have changed since the evidence was verified. */
function currentProfile({ profile }: GenuineEvidence, options: VerifyOptions): TrustProfile {
  const current = findProfile(options.profiles, profile.teeType, options.policy.networkId);
  if (current.rootKeyId !== profile.rootKeyId) {
    throw new CocoonError("profile_unknown", { profile: profile.id });
  }
  return current;
}

/** Throws collateral_rollback below the policy's floor, collateral_expired where it is too old for the policy. */
export function requireCurrentCollateral(
  { evaluationNumber, issuedAtMs, expiresAtMs }: CollateralAge,
  policy: Policy,
  nowMs: number,
): void {
  const floor = policy.tcbEvaluationFloor;
  if (evaluationNumber < floor) {
    throw new CocoonError("collateral_rollback", { evaluationNumber, floor });
  }
  const ageMs = nowMs - issuedAtMs;
  const isTooOld = ageMs > (policy.collateralAgeMsMax ?? Infinity);
  if (isTooOld || nowMs > expiresAtMs) throw new CocoonError("collateral_expired", { ageMs });
}

function requireAllowedImage({ claims, profile, quote }: GenuineEvidence, policy: Policy): void {
  const image = policy.measurements.get(quote.imageHash);
  if (image === undefined || image.teeType !== profile.teeType) {
    throw new CocoonError("image_unknown", { imageHash: quote.imageHash });
  }
  if (image.role !== "worker" || claims.role !== "worker") {
    throw new CocoonError("claims_role_mismatch", { image: image.role, claims: claims.role });
  }
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
