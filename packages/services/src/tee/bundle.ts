import {
  type AttestedWorker,
  type Attester,
  type Claims,
  claimsHash,
  encodeBundle,
  encodeClaims,
  fromHex,
  gpuEvidenceHash,
  gpuNonce,
  noHash,
  reportData,
} from "@cocoon/protocol";
import type { WorkerIdentity } from "./identity.ts";

/** What a worker says of itself, and the TEE that backs it. Hashes in hex. */
export type BundleRequest = Pick<
  Claims,
  "networkId" | "rootAddress" | "payout" | "manifestHash" | "engineHash"
> & {
  readonly attester: Attester;
  readonly identity: WorkerIdentity;
  /** A recent masterchain block. Default: none is named. */
  readonly anchor?: { readonly seqno: number; readonly rootHash: string };
  readonly nowMs: number;
  /** At most 24 hours. Default 6. */
  readonly validityMs?: number;
  /** The lowest tcbEvaluationDataNumber that Intel's collateral may have. Default 0. */
  readonly evaluationMin?: number;
};

export type BuiltBundle = {
  /** To be shown to anybody; see parseBundle. */
  readonly bytes: Uint8Array;
  readonly claims: Claims;
  /** Names the claims in offers and receipts, hex. */
  readonly claimsHash: string;
};

const validityMsDefault = 6 * 3_600_000;

/**
 * Makes claims and has the TEE vouch for them. The bundle should then pass verifyBundle here, under the worker's own
 * policy, before anybody sees it: a worker that would be refused learns why, and renewAtMs needs the result.
 * Throws what the attester throws, or bundle_malformed when its evidence is too large.
 */
export async function buildBundle(request: BundleRequest): Promise<BuiltBundle> {
  const { attester, evaluationMin = 0, identity, nowMs } = request;
  const { validityMs = validityMsDefault } = request;
  const { networkId, rootAddress, payout, manifestHash, engineHash } = request;
  const { seqno, rootHash } = request.anchor ?? { seqno: 0, rootHash: noHash };
  const anchored = fromHex(rootHash) ?? new Uint8Array();
  const gpu = await attester.gpus?.attest(gpuNonce(identity.key.publicKey, anchored));
  const claims: Claims = {
    simulated: attester.simulated,
    role: "worker",
    networkId,
    rootAddress,
    workerId: identity.workerId,
    identityKey: identity.key.publicKey,
    payout,
    bootNonce: identity.bootNonce,
    notBeforeMs: nowMs,
    notAfterMs: nowMs + validityMs,
    anchorSeqno: seqno,
    anchorRootHash: rootHash,
    manifestHash,
    engineHash,
    gpuEvidenceHash: gpu === undefined ? noHash : gpuEvidenceHash(gpu),
  };
  const encoded = encodeClaims(claims);
  const { quote, collateral } = await attester.attest(reportData(encoded), {
    evaluationMin,
    identityKey: identity.key,
  });
  const { teeType } = attester;
  const bytes = encodeBundle({ claims: encoded, teeType, quote, collateral, gpu });
  return { bytes, claims, claimsHash: claimsHash(encoded) };
}

/**
 * When a worker should build its next bundle, Unix milliseconds: after three quarters of the time that its evidence
 * is good for, claims, collateral and certificates together, so that clients always hold some that lasts.
 */
export function renewAtMs({ claims, expiresAtMs }: AttestedWorker): number {
  const { notBeforeMs } = claims;
  return notBeforeMs + Math.floor((expiresAtMs - notBeforeMs) * 0.75);
}
