import type { RawAddress } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import type { Role } from "./role.ts";
import type { SevTcb } from "./sev-product.ts";

/** An image that the root contract allows; under a GPU's TEE type a set of measurements of that GPU. */
export type AllowedImage = {
  readonly teeType: number;
  readonly role: Role;
  /** The lowest tcbEvaluationDataNumber with which it may run, where the policy's own floor is lower. Default 0. */
  readonly evaluationMin?: number;
};

/** A model that the root contract lists; a caller's entries may say more. */
export type AllowedModel = { readonly name: string; readonly contextTokens: number };

/** What the root contract allows, as read from the chain. */
export type Policy = {
  readonly networkId: number;
  readonly rootAddress: RawAddress;
  /** When it was read, Unix milliseconds, and for how long that is good. */
  readonly readAtMs: number;
  readonly ageMaxMs: number;
  /** By image hash, hex; sets of a GPU's measurements by theirs, see gpuMeasurementsHash. */
  readonly measurements: ReadonlyMap<string, AllowedImage>;
  /** By manifest hash, hex. */
  readonly models: ReadonlyMap<string, AllowedModel>;
  /** The lowest tcbEvaluationDataNumber that Intel's collateral may have: older one is a rollback. */
  readonly tcbEvaluationFloor: number;
  /** By TEE type: the lowest versions that an AMD platform may have. Default: any that its key is certified for. */
  readonly sevTcbMin?: ReadonlyMap<number, SevTcb>;
  /** Ids of platforms and GPUs that may not serve, hex; see AttestedWorker. */
  readonly bannedPlatforms?: ReadonlySet<string>;
  /** Keys of certificates that may not be relied on although their vendor does not revoke them, hex; see keyIdOf. */
  readonly revokedKeyIds?: ReadonlySet<string>;
  /** How old signed collateral may be although it has not expired. Default: until it expires. */
  readonly collateralAgeMsMax?: number;
  /** Root hash, hex, of a masterchain block that the caller knows; undefined where it does not. */
  readonly blockRootHash?: (seqno: number) => string | undefined;
};

/** How far ahead another party's clock may be. */
export const clockToleranceMs = 60_000;

/** Throws policy_stale unless the policy was read recently enough. */
export function requireFreshPolicy(policy: Policy, nowMs: number): void {
  const ageMs = nowMs - policy.readAtMs;
  const isFresh = ageMs >= -clockToleranceMs && ageMs <= policy.ageMaxMs;
  if (!isFresh) throw new CocoonError("policy_stale", { ageMs });
}
