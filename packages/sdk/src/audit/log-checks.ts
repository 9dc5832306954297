// What the log says of a receipt, and whether all times fit together.

import {
  type AnchorRecord,
  CocoonError,
  equalBytes,
  hashLeaf,
  type LogProof,
  parsePromise,
  type NoteKey,
  type Receipt,
  toHex,
  verifyCosignatures,
  verifyPromise,
} from "@cocoon/protocol";
import {
  claimedCheckpoint,
  matchAnchor,
  verifyLogCheckpoint,
  verifyReceiptInclusion,
} from "./log-proof.ts";
import type { ProofFile } from "./proof-file.ts";
import { type Finding, holds, unknown } from "./verdict.ts";

/** How many of which witnesses must have cosigned. */
export type WitnessQuorum = {
  /** One witness may stand here under several names or keys of its own choosing: choose whom you know. */
  readonly keys: readonly NoteKey[];
  /** From 1 to as many as there are keys. */
  readonly threshold: number;
};

/**
 * How far clocks of strangers may be apart, and how old a client's copy of the root contract's lists may be. What is
 * checked here is that nobody moved an answer to another day.
 */
export const timeToleranceMs = 3_600_000;

export function judgePromise({ receipt, promise, log }: ProofFile): Finding {
  const { index, leafHash } = verifyPromise(promise, log.publicKey);
  const refuse = (reason: string): never => {
    throw new CocoonError("promise_invalid", { reason });
  };
  if (!equalBytes(leafHash, hashLeaf(receipt))) refuse("another receipt");
  if (log.proof !== undefined && log.proof.leafIndex !== index) refuse("another index");
  return holds("promise", { index });
}

export function judgeCheckpoint({ log, network }: ProofFile, proof: LogProof): Finding {
  const { origin, size } = verifyLogCheckpoint(proof, { ...log, networkId: network.networkId });
  return holds("checkpoint", { origin, size });
}

export function judgeWitnesses(
  proof: LogProof | undefined,
  quorum: WitnessQuorum,
  nowMs: number,
): Finding {
  if (proof === undefined) return unknown("notCovered");
  const names = requireWitnesses(proof, quorum, nowMs);
  return holds("witnesses", {
    count: names.length,
    all: quorum.keys.length,
    names: names.join(", "),
  });
}

/**
 * Names of the witnesses that cosigned the proof's checkpoint. Cosignatures from the future count for nothing; those of
 * one key under two names count once. Throws cosignatures_missing when there are fewer than must be, and
 * checkpoint_signature_invalid when a line of one of them is not its own.
 */
export function requireWitnesses(
  proof: LogProof,
  { keys, threshold }: WitnessQuorum,
  nowMs: number,
): readonly string[] {
  const cosigned = new Map<string, string>();
  for (const { timestampSeconds, witness } of verifyCosignatures(proof.checkpoint, keys)) {
    const isPast = timestampSeconds * 1_000 <= nowMs + timeToleranceMs;
    if (isPast) cosigned.set(toHex(witness.publicKey), witness.name);
  }
  if (cosigned.size < threshold) {
    throw new CocoonError("cosignatures_missing", { cosigned: cosigned.size, threshold });
  }
  return [...cosigned.values()];
}

export function judgeInclusion({ receipt }: ProofFile, proof: LogProof): Finding {
  verifyReceiptInclusion(receipt, proof, claimedCheckpoint(proof));
  return holds("inclusion", { index: proof.leafIndex, size: proof.treeSize });
}

export function judgeAnchor({ log }: ProofFile, proof: LogProof, anchor: AnchorRecord): Finding {
  matchAnchor(anchor, log.bond, claimedCheckpoint(proof));
  return holds("anchor", { transaction: anchor.transaction });
}

export function judgeTimes(file: ProofFile, receipt: Receipt, nowMs: number): Finding {
  const { startedAtMs, finishedAtMs } = receipt;
  const isNear = (timeMs: number): boolean => Math.abs(timeMs - finishedAtMs) <= timeToleranceMs;
  if (finishedAtMs > nowMs + timeToleranceMs) {
    throw new CocoonError("receipt_mismatch", { field: "finishedAtMs" });
  }
  if (!isNear(file.verifiedAtMs)) {
    throw new CocoonError("receipt_mismatch", { field: "verifiedAtMs" });
  }
  if (!isNear(parsePromise(file.promise).timestampMs)) {
    throw new CocoonError("promise_invalid", { reason: "another time" });
  }
  if (file.policy.readAtMs > startedAtMs + timeToleranceMs) {
    throw new CocoonError("policy_stale", { field: "readAtMs" });
  }
  requireAnchorTime(file.log.proof?.anchor, finishedAtMs, nowMs);
  return holds("times", {
    startedAt: new Date(startedAtMs).toISOString(),
    duration: finishedAtMs - startedAtMs,
  });
}

/** An anchor may be late, as the chain may be away for long, but not before what it covers. */
function requireAnchorTime(
  anchor: AnchorRecord | undefined,
  finishedAtMs: number,
  nowMs: number,
): void {
  if (anchor === undefined) return;
  const anchoredAtMs = anchor.timestamp * 1_000;
  const isInOrder =
    anchoredAtMs >= finishedAtMs - timeToleranceMs && anchoredAtMs <= nowMs + timeToleranceMs;
  if (!isInOrder) throw new CocoonError("anchor_mismatch", { field: "timestamp" });
}
