// From ASK to OFFER: which worker, at what price, or why not.

import { type Ask, CocoonError, nanotons, type Nanotons, type Offer } from "@cocoon/protocol";
import { pickWorker } from "./pick-worker.ts";
import type { ConnectedWorker, WorkerDirectory } from "./workers.ts";

/** What the root contract allows anyone to ask for a model. */
export type PriceBounds = {
  readonly contextTokens: number;
  readonly promptPerMillionMax: Nanotons;
  readonly completionPerMillionMax: Nanotons;
};

export type OfferMaker = {
  readonly directory: WorkerDirectory;
  /** The models of the root contract, by manifest hash. */
  readonly models: ReadonlyMap<string, PriceBounds>;
  readonly feeBps: number;
  readonly nowMs: number;
  readonly random: () => number;
};

/** Throws model_unknown, context_too_long, no_worker, capability_missing, price_above_cap or queue_full. */
export function makeOffer(
  maker: OfferMaker,
  ask: Ask,
): { readonly offer: Offer; readonly worker: ConnectedWorker } {
  const bounds = maker.models.get(ask.model);
  if (bounds === undefined) throw new CocoonError("model_unknown");
  if (ask.tokensMax > bounds.contextTokens) {
    throw new CocoonError("context_too_long", { contextTokens: bounds.contextTokens });
  }
  const candidates = maker.directory.candidates(ask.model, maker.nowMs);
  const wish = {
    tier: ask.tier,
    excluded: ask.excluded,
    worker: ask.worker,
    capabilities: ask.capabilities,
    promptPerMillionMax: lower(bounds.promptPerMillionMax, ask.promptPerMillionMax),
    completionPerMillionMax: lower(bounds.completionPerMillionMax, ask.completionPerMillionMax),
  };
  const picked = pickWorker(candidates, wish, maker.random);
  const worker = maker.directory.find(picked.worker);
  if (worker === undefined) throw new CocoonError("no_worker");
  const offer = {
    worker: worker.id,
    claimsHash: worker.attested.claimsHash,
    keyConfig: worker.keyConfig,
    promptPerMillion: picked.promptPerMillion,
    completionPerMillion: picked.completionPerMillion,
    feeBps: maker.feeBps,
  };
  return { offer, worker };
}

function lower(bound: Nanotons, cap: Nanotons | undefined): Nanotons {
  return cap === undefined || cap > bound ? bound : nanotons(cap);
}
