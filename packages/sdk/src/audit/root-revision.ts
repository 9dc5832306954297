// The root contract as it was at one of its revisions, rebuilt from its genesis and the changes that it told of.

import type { RawAddress } from "@cocoon/protocol";
import {
  type Measurement,
  type ModelListing,
  parseRootEvent,
  type Revocation,
  type RootChange,
  type RootState,
} from "@cocoon/contracts";
import { allowedImages, type ChainClient, historyAfter, readRoot } from "../chain/index.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";

/** What the root contract allowed, and from when to when. Unix seconds, by the chain. */
export type RootRevision = {
  readonly policy: PolicySnapshot;
  readonly sinceSeconds: number;
  /** Undefined while it is the newest. */
  readonly untilSeconds: number | undefined;
};

export type RootHistory = {
  readonly newest: PolicySnapshot;
  /** Undefined where the endpoint does not keep so much of the contract's history. */
  readonly revision: RootRevision | undefined;
};

/** Anyone can make the contract's history longer with messages that it refuses. */
const transactionsMax = 10_000;

/**
 * Reads the root, and a revision that is not above its own. Changes are numbered, so whether a history is complete can
 * be told. Throws chain_* and contract_unexpected.
 */
export async function readRootRevision(
  client: ChainClient,
  root: RawAddress,
  revision: number,
): Promise<RootHistory> {
  const state = await readRoot(client, root);
  const newest = snapshotOf(listsNow(state), state.revision);
  if (revision > state.revision) return { newest, revision: undefined };
  const isNewest = revision === state.revision;
  const first = isNewest ? revision : 0;
  const steps = await stepsDownTo(client, root, first);
  const step = steps.get(revision);
  const isComplete = count(first, state.revision).every((made) => steps.has(made));
  if (step === undefined || !isComplete) return { newest, revision: undefined };
  const policy = isNewest ? newest : snapshotOf(replay(state, steps, revision), revision);
  const untilSeconds = steps.get(revision + 1)?.atSeconds;
  return { newest, revision: { policy, sinceSeconds: step.atSeconds, untilSeconds } };
}

/** What made a revision; the genesis has no change. */
type Step = {
  readonly atSeconds: number;
  readonly change: RootChange | Revocation | undefined;
};

/** The steps to each revision, from the newest down to one. */
async function stepsDownTo(
  client: ChainClient,
  root: RawAddress,
  revision: number,
): Promise<ReadonlyMap<number, Step>> {
  const steps = new Map<number, Step>();
  let transactionCount = 0;
  for await (const { atSeconds, outgoing } of historyAfter(client, root, 0n)) {
    transactionCount += 1;
    for (const { kind, body } of outgoing) {
      const event = kind === "external-out" ? parseRootEvent(body) : undefined;
      if (event?.kind === "deployed") steps.set(0, { atSeconds, change: undefined });
      if (event?.kind === "made") steps.set(event.revision, { atSeconds, change: event.change });
    }
    if (steps.has(revision) || transactionCount === transactionsMax) break;
  }
  return steps;
}

type Lists = {
  readonly models: Map<string, ModelListing>;
  readonly measurements: Map<string, Measurement>;
  readonly bans: Set<string>;
  tcbEvaluationFloor: number;
};

function listsOf({ models, measurements, params }: RootState["genesis"]): Lists {
  return {
    models: new Map(models),
    measurements: new Map(measurements),
    bans: new Set(),
    tcbEvaluationFloor: params.tcbEvaluationFloor,
  };
}

function listsNow(state: RootState): Lists {
  return { ...listsOf({ ...state.genesis, ...state }), bans: new Set(state.bans.keys()) };
}

function replay({ genesis }: RootState, steps: ReadonlyMap<number, Step>, revision: number): Lists {
  const lists = listsOf(genesis);
  for (const made of count(1, revision)) {
    const change = steps.get(made)?.change;
    if (change !== undefined) apply(lists, change);
  }
  return lists;
}

function count(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Makes a change of what a policy consists of; governance and auditors are no part of it. */
function apply(lists: Lists, change: RootChange | Revocation): void {
  switch (change.kind) {
    case "setModel":
      lists.models.set(change.manifestHash, change.listing);
      break;
    case "removeModel":
      lists.models.delete(change.manifestHash);
      break;
    case "setMeasurement":
      lists.measurements.set(change.imageHash, change.measurement);
      break;
    case "removeMeasurement":
      lists.measurements.delete(change.imageHash);
      break;
    case "banPlatform":
      lists.bans.add(change.platformId);
      break;
    case "liftBan":
      lists.bans.delete(change.platformId);
      break;
    default:
      lists.tcbEvaluationFloor = floorAfter(lists.tcbEvaluationFloor, change);
  }
}

function floorAfter(floor: number, change: RootChange | Revocation): number {
  if (change.kind === "setParams") return change.params.tcbEvaluationFloor;
  return change.kind === "raiseFloor" ? change.tcbEvaluationFloor : floor;
}

function snapshotOf(lists: Lists, revision: number): PolicySnapshot {
  return {
    readAtMs: 0,
    revision,
    tcbEvaluationFloor: lists.tcbEvaluationFloor,
    models: lists.models,
    measurements: allowedImages(lists.measurements),
    bannedPlatforms: lists.bans,
  };
}
