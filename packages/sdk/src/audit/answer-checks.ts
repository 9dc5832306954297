// What receipt and evidence say of an answer: who gave it, with what, for how much.

import {
  type AllowedImage,
  type AttestedWorker,
  claimsHash,
  CocoonError,
  feeNanotons,
  nanotons,
  noHash,
  parseBundle,
  parseClaims,
  type Policy,
  type Receipt,
  receiptId,
  tierSatisfies,
  tierStatements,
  toHex,
  type TrustProfile,
  verifyBundle,
  verifyOpening,
  verifyReceipt,
  workNanotons,
} from "@cocoon/protocol";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import type { ProofFile } from "./proof-file.ts";
import { type Finding, holds } from "./verdict.ts";

export function judgeReceipt(receipt: Receipt): Finding {
  return holds("receipt", {
    request: receiptId(receipt),
    finishReason: receipt.finishReason,
  });
}

export function judgeAmount({ usage, terms, ...receipt }: Receipt): Finding {
  const work = workNanotons(usage, terms);
  const fee = feeNanotons(work, terms.feeBps);
  const refuse = (field: string): never => {
    throw new CocoonError("receipt_mismatch", { field });
  };
  if (receipt.workNanotons !== work) refuse("workNanotons");
  if (receipt.feeNanotons !== fee) refuse("feeNanotons");
  return holds("amount", { total: nanotons(work + fee), work, fee });
}

/** Evidence that holds, and why the file's own lists refuse the image or the model that it is for; mostly they do not. */
export type Appraised = { readonly worker: AttestedWorker; readonly refusal?: CocoonError };

/**
 * Verifies the evidence as it was to be judged when the answer began. Throws the codes of verifyBundle, but none for an
 * image or a model that is not listed. What holds under the file's own lists is not verified a second time.
 */
export async function appraise(appraisal: Appraisal): Promise<Appraised> {
  try {
    return { worker: await verifyUnder(appraisal.file.policy, appraisal) };
  } catch (refusal) {
    if (!(refusal instanceof CocoonError)) throw refusal;
    return { worker: await verifyUnlisted(appraisal), refusal };
  }
}

/** Which image and model the evidence is for is left open. */
async function verifyUnlisted(appraisal: Appraisal): Promise<AttestedWorker> {
  const { teeType, claims } = parseBundle(appraisal.file.bundle);
  const { manifestHash } = parseClaims(claims);
  const policy: PolicySnapshot = {
    readAtMs: 0,
    revision: 0,
    tcbEvaluationFloor: 0,
    measurements: new Map(),
    models: new Map([[manifestHash, { name: "", contextTokens: 0 }]]),
  };
  return await verifyAnyImage(policy, appraisal, teeType);
}

/** Where it is the list of images that refuses, what it lacks is put in: whether it stands there is another check. */
async function verifyAnyImage(
  policy: PolicySnapshot,
  appraisal: Appraisal,
  guestTeeType: number,
): Promise<AttestedWorker> {
  try {
    return await verifyUnder(policy, appraisal);
  } catch (error) {
    const missing = missingImage(error, guestTeeType);
    if (missing === undefined || policy.measurements.has(missing[0])) throw error;
    const measurements = new Map([...policy.measurements, missing]);
    return await verifyAnyImage({ ...policy, measurements }, appraisal, guestTeeType);
  }
}

/** The entry, by its hash, that a policy's list would have needed. */
function missingImage(
  error: unknown,
  guestTeeType: number,
): readonly [string, AllowedImage] | undefined {
  if (!(error instanceof CocoonError)) return undefined;
  const { imageHash, measurementsHash, teeType = guestTeeType } = error.details;
  const isOfGpu = error.code === "gpu_measurements_unknown";
  if (!isOfGpu && error.code !== "image_unknown") return undefined;
  const hash = isOfGpu ? measurementsHash : imageHash;
  return [String(hash), { teeType: Number(teeType), role: "worker" }];
}

export type Appraisal = {
  readonly file: ProofFile;
  readonly receipt: Receipt;
  readonly profiles: readonly TrustProfile[];
};

/** Verifies the bundle as of the beginning of the answer, under the lists of one revision of the root contract. */
export function verifyUnder(
  policy: PolicySnapshot,
  { file, receipt, profiles }: Appraisal,
): Promise<AttestedWorker> {
  const nowMs = receipt.startedAtMs;
  const { networkId, root } = file.network;
  // How old the copy was is no matter here: a copy that is old or untrue shows on chain.
  const current: Policy = {
    ...policy,
    networkId,
    rootAddress: root,
    readAtMs: nowMs,
    ageMaxMs: 0,
  };
  return verifyBundle(file.bundle, { policy: current, profiles, nowMs, expect: { tier: "dev" } });
}

export function judgeEvidence(worker: AttestedWorker): Finding {
  const { tier, profileId, claims } = worker;
  const given = { tier, profile: profileId };
  if (tier === "open") {
    return holds("evidenceOpen", { ...given, statement: tierStatements.open });
  }
  return holds(claims.simulated ? "evidenceSimulated" : "evidence", given);
}

/** The worker is undefined where its evidence does not hold; its signature can be checked all the same. */
export function judgeIdentity(
  file: ProofFile,
  receipt: Receipt,
  worker: AttestedWorker | undefined,
): Finding {
  const claimsBytes = parseBundle(file.bundle).claims;
  const claims = parseClaims(claimsBytes);
  const refuse = (field: string): never => {
    throw new CocoonError("receipt_mismatch", { field });
  };
  if (claimsHash(claimsBytes) !== toHex(receipt.claimsHash)) refuse("claimsHash");
  requireSignature(file.receipt, claims.identityKey);
  if (claims.manifestHash !== toHex(receipt.manifestHash)) refuse("manifestHash");
  if (worker !== undefined && !tierSatisfies(worker.tier, receipt.tier)) {
    throw new CocoonError("tier_too_low", { tier: worker.tier, wanted: receipt.tier });
  }
  return holds("identity", { worker: claims.workerId });
}

/** Throws receipt_signature_invalid. Sums are another check. */
function requireSignature(receipt: Uint8Array, identityKey: Uint8Array): void {
  try {
    verifyReceipt(receipt, identityKey);
  } catch (error) {
    const isSigned = error instanceof CocoonError && error.code === "receipt_mismatch";
    if (!isSigned) throw error;
  }
}

export function judgePolicy({ policy }: ProofFile, { worker, refusal }: Appraised): Finding {
  if (refusal !== undefined) throw refusal;
  const { revision } = policy;
  const model = policy.models.get(worker.claims.manifestHash)?.name;
  const image = worker.imageHash;
  if (image === noHash) return holds("policyWithoutImage", { model, revision });
  return holds("policy", { image, model, revision });
}

export function judgeDisclosure(
  { fields, digests }: NonNullable<ProofFile["disclosure"]>,
  receipt: Receipt,
): Finding {
  for (const field of fields) {
    if (verifyOpening(receipt.contentCommitment, { ...field, digests })) continue;
    throw new CocoonError("receipt_mismatch", { field: "contentCommitment", name: field.name });
  }
  return holds("disclosure", { names: fields.map(({ name }) => name).join(", ") });
}
