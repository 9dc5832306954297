// What the root contract allows, read now and then, never trusted for long.

import { CocoonError, type Policy, type RawAddress, roleOfByte } from "@cocoon/protocol";
import type {
  KeySet,
  ModelListing,
  NetworkParams,
  PendingChange,
  RootState,
} from "@cocoon/contracts";
import { ageOf } from "./age.ts";
import { type NetworkReader, readRoot } from "./readers.ts";

/** A policy whose models carry their price bounds, as the root contract states them. */
export type RootPolicy = Omit<Policy, "models"> & {
  readonly models: ReadonlyMap<string, ModelListing>;
  /** One more with each change of the contract. */
  readonly revision: number;
  /** What the network asks of bonds, and which code its contracts have. */
  readonly params: NetworkParams;
  /** Whose verdict on a worker counts. */
  readonly auditors: KeySet;
  /** What will change unless it is cancelled, and when. */
  readonly pending: readonly PendingChange[];
};

export type PolicySourceOptions = {
  readonly client: NetworkReader;
  readonly root: RawAddress;
  readonly now: () => number;
  /** A policy older than this is read again; requests go on with the old one meanwhile. Default 10 s. */
  readonly refreshMs?: number;
  /** A policy older than this is not used: without the chain, requests stop after it. Default 1 hour. */
  readonly ageMaxMs?: number;
};

const refreshMsDefault = 10_000;
const ageMaxMsDefault = 3_600_000;

/**
 * Gives the policy. The first call reads the chain; later ones answer at once from what was read, and read again
 * behind the scenes. Throws chain_* when there is none yet, and policy_stale when the last is too old.
 */
export function createPolicySource(options: PolicySourceOptions): () => Promise<RootPolicy> {
  const { client, root, now, refreshMs = refreshMsDefault, ageMaxMs = ageMaxMsDefault } = options;
  let known: RootPolicy | undefined;
  let reading: Promise<RootPolicy> | undefined;

  const read = async (): Promise<RootPolicy> => {
    try {
      const state = await readRoot(client, root);
      if (known !== undefined && state.revision < known.revision) {
        // An endpoint that is behind would bring back what was revoked.
        throw new CocoonError("contract_unexpected", { root, reason: "an earlier revision" });
      }
      known = policyOf(state, { root, networkId: client.networkId, readAtMs: now(), ageMaxMs });
      return known;
    } finally {
      reading = undefined;
    }
  };

  return async () => {
    if (known === undefined) return await (reading ??= read());
    const ageMs = ageOf(known.readAtMs, now());
    if (ageMs > refreshMs) {
      reading ??= read();
      if (ageMs > ageMaxMs) return await staleOr(reading);
      reading.catch(() => undefined); // The old policy is still good; the next call tries again.
    }
    return known;
  };
}

async function staleOr(reading: Promise<RootPolicy>): Promise<RootPolicy> {
  try {
    return await reading;
  } catch (cause) {
    throw new CocoonError("policy_stale", {}, { cause });
  }
}

type ReadContext = {
  readonly root: RawAddress;
  readonly networkId: number;
  readonly readAtMs: number;
  readonly ageMaxMs: number;
};

function policyOf(state: RootState, context: ReadContext): RootPolicy {
  const { root, ...rest } = context;
  return {
    ...rest,
    rootAddress: root,
    revision: state.revision,
    models: state.models,
    params: state.params,
    auditors: state.auditors,
    tcbEvaluationFloor: state.params.tcbEvaluationFloor,
    measurements: allowedImages(state.measurements),
    bannedPlatforms: new Set(state.bans.keys()),
    pending: state.pending,
  };
}

/** The images of the root's list. Entries with a role that nobody knows allow nothing. */
export function allowedImages(measurements: RootState["measurements"]): Policy["measurements"] {
  return new Map(
    [...measurements].flatMap(([hash, { role, ...image }]) => {
      const known = roleOfByte(role);
      return known === undefined ? [] : [[hash, { ...image, role: known }]];
    }),
  );
}

/** What an answer relies on. */
export type AffectedBy = { readonly manifestHash: string; readonly imageHash: string };

/** The pending changes of a model or of an image that runs it, the earliest first. */
export function changesAffecting(
  { pending }: Pick<RootPolicy, "pending">,
  { manifestHash, imageHash }: AffectedBy,
): readonly PendingChange[] {
  const affecting = pending.filter(({ change }) => {
    if (change.kind === "setModel" || change.kind === "removeModel") {
      return change.manifestHash === manifestHash;
    }
    if (change.kind === "setMeasurement" || change.kind === "removeMeasurement") {
      return change.imageHash === imageHash;
    }
    return false;
  });
  return affecting.toSorted((left, right) => left.executeAtSeconds - right.executeAtSeconds);
}
