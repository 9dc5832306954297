// Whether a bond on chain answers for a worker.

import {
  type AttestedWorker,
  type BondVouch,
  CocoonError,
  type RawAddress,
  toHex,
} from "@cocoon/protocol";
import { isVouchedFor, type KeySet, type WorkerBondState } from "@cocoon/contracts";
import { ageOf } from "./age.ts";
import type { RootPolicy } from "./policy.ts";
import { type NetworkReader, readWorkerBond } from "./readers.ts";

export type WorkerBondCheckOptions = {
  readonly client: NetworkReader;
  readonly policy: () => Promise<Pick<RootPolicy, "params" | "auditors">>;
  readonly now: () => number;
};

/** Checks that a worker has the bond that it needs. Throws bond_insufficient and chain_*. */
export type RequireWorkerBond = (
  worker: Pick<AttestedWorker, "tier" | "claims">,
  vouch: BondVouch | undefined,
) => Promise<void>;

/** A bond is read again after this. */
const refreshMs = 30_000;
/** Without the chain, what was last read counts for so long. */
const ageMaxMs = 3_600_000;
const bondsMax = 256;

/**
 * A worker that no hardware vouches for has its bond for its only security. It needs one in the tier `open`, and in the
 * tier `dev` where the root contract asks workers for a bond. A vouch that is given must be good in every tier.
 */
export function createWorkerBondCheck(options: WorkerBondCheckOptions): RequireWorkerBond {
  const { client, policy, now } = options;
  const known = new Map<RawAddress, Read>();
  return async ({ claims, tier }, vouch) => {
    const { params, auditors } = await policy();
    if (vouch === undefined) {
      const isNeeded = tier === "open" || (tier === "dev" && params.workerBondMin > 0n);
      if (isNeeded) refuse("", `a worker of the tier ${tier} needs a bond: cocoon worker bond`);
      return;
    }
    const { bond, notAfterSeconds } = vouch;
    if (notAfterSeconds * 1_000 <= now()) refuse(bond, "it vouched for another time");
    const state = await readThrough(known, { client, address: bond, nowMs: now() });
    if (state.phase !== "bonded") refuse(bond, state.phase);
    if (state.bond < params.workerBondMin) refuse(bond, "less than the root contract asks");
    if (!canConvict(state, auditors)) refuse(bond, "the root's auditors cannot judge it");
    const place = { networkId: client.networkId, bond };
    const identity = { ...vouch, identityKey: claims.identityKey };
    if (!isVouchedFor(state.bondKey, identity, place)) refuse(bond, "it vouches for another");
  };
}

function refuse(bond: RawAddress, reason: string): never {
  throw new CocoonError("bond_insufficient", { ...(bond !== "" && { bond }), reason });
}

/** Where the root names auditors, as many of them as make a verdict must be among those that the bond agreed to. */
function canConvict({ auditorKeys, auditorThreshold }: WorkerBondState, { keys }: KeySet): boolean {
  const shared = auditorKeys.filter((key) => keys.includes(toHex(key)));
  return keys.length === 0 || shared.length >= auditorThreshold;
}

type Read = { readonly state: WorkerBondState; readonly readAtMs: number };

async function readThrough(
  known: Map<RawAddress, Read>,
  asked: { readonly client: NetworkReader; readonly address: RawAddress; readonly nowMs: number },
): Promise<WorkerBondState> {
  const { client, address, nowMs } = asked;
  const last = known.get(address);
  const ageMs = last === undefined ? Infinity : ageOf(last.readAtMs, nowMs);
  if (last !== undefined && ageMs < refreshMs) return last.state;
  try {
    const state = await readWorkerBond(client, address);
    if (state === undefined) return refuse(address, "absent");
    if (known.size >= bondsMax) known.clear();
    known.set(address, { state, readAtMs: nowMs });
    return state;
  } catch (error) {
    const isAway = error instanceof CocoonError && error.code === "chain_unavailable";
    if (isAway && last !== undefined && ageMs < ageMaxMs) return last.state;
    throw error;
  }
}
