// The root contract as it was at one of its revisions, rebuilt from the messages that changed it.

import { type RawAddress, roleOfByte } from "@cocoon/protocol";
import {
  type Measurement,
  type ModelListing,
  parseRootChange,
  type RootChange,
  type RootState,
} from "@cocoon/contracts";
import { type ChainClient, historyAfter, readRoot } from "../chain/index.ts";
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
 * Reads the root, and a revision that is not above its own. The contract counts its changes, so whether a history is
 * complete can be told. Throws chain_* and contract_unexpected.
 */
export async function readRootRevision(
  client: ChainClient,
  root: RawAddress,
  revision: number,
): Promise<RootHistory> {
  const state = await readRoot(client, root);
  const newest = snapshotOf(state, state.revision);
  if (revision > state.revision) return { newest, revision: undefined };
  const isNewest = revision === state.revision;
  const wanted = isNewest ? 1 : state.revision;
  const changes = await newestChanges(client, root, wanted);
  if (changes.length !== wanted) return { newest, revision: undefined };
  const first = isNewest ? 0 : state.revision - revision;
  const policy = isNewest ? newest : snapshotOf(replay(changes.slice(first)), revision);
  const sinceSeconds = changes[first]?.atSeconds ?? 0;
  const untilSeconds = changes[first - 1]?.atSeconds;
  return { newest, revision: { policy, sinceSeconds, untilSeconds } };
}

type DatedChange = { readonly atSeconds: number; readonly change: RootChange };

/** The newest first, at most so many. */
async function newestChanges(
  client: ChainClient,
  root: RawAddress,
  countMax: number,
): Promise<DatedChange[]> {
  const changes: DatedChange[] = [];
  let transactionCount = 0;
  for await (const { atSeconds, failure, incoming } of historyAfter(client, root, 0n)) {
    transactionCount += 1;
    const change =
      incoming === undefined || failure !== undefined ? undefined : parseRootChange(incoming.body);
    if (change !== undefined) changes.push({ atSeconds, change });
    if (changes.length === countMax || transactionCount === transactionsMax) break;
  }
  return changes;
}

type RootLists = Pick<RootState, "models" | "measurements"> & {
  readonly params: Pick<RootState["params"], "tcbEvaluationFloor">;
};

function replay(newestFirst: readonly DatedChange[]): RootLists {
  const models = new Map<string, ModelListing>();
  const measurements = new Map<string, Measurement>();
  let params: RootLists["params"] = { tcbEvaluationFloor: 0 };
  for (const { change } of newestFirst.toReversed()) {
    if (change.kind === "params") params = change.params;
    else if (change.kind === "model") replace(models, change.manifestHash, change.listing);
    else replace(measurements, change.imageHash, change.measurement);
  }
  return { models, measurements, params };
}

function replace<Entry>(list: Map<string, Entry>, hash: string, entry: Entry | undefined): void {
  if (entry === undefined) list.delete(hash);
  else list.set(hash, entry);
}

/** Entries with a role that nobody knows allow nothing. */
function snapshotOf(lists: RootLists, revision: number): PolicySnapshot {
  return {
    readAtMs: 0,
    revision,
    tcbEvaluationFloor: lists.params.tcbEvaluationFloor,
    models: lists.models,
    measurements: new Map(
      [...lists.measurements].flatMap(([hash, { teeType, role }]) => {
        const known = roleOfByte(role);
        return known === undefined ? [] : [[hash, { teeType, role: known }]];
      }),
    ),
  };
}
