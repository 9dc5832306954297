// From ASK to OFFER: which workers, at what price, or why not.

import {
  type Ask,
  CocoonError,
  costMax,
  nanotons,
  type Nanotons,
  type Offer,
  type OfferedWorker,
} from "@cocoon/protocol";
import { type Candidate, pickWorkers } from "./pick-worker.ts";
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
  /** Whether there is room to keep a request for those that stand by. */
  readonly mayKeep: boolean;
  readonly nowMs: number;
  readonly random: () => number;
};

/** A worker and what was offered of it. */
export type OfferedPeer = { readonly worker: ConnectedWorker; readonly offered: OfferedWorker };

export type MadeOffer = {
  readonly offer: Offer;
  /** In the order of the offer, the first included. */
  readonly peers: readonly OfferedPeer[];
};

/** Throws model_unknown, context_too_long, no_worker, capability_missing, price_above_cap or queue_full. */
export function makeOffer(maker: OfferMaker, ask: Ask): MadeOffer {
  const bounds = maker.models.get(ask.model);
  if (bounds === undefined) throw new CocoonError("model_unknown");
  if (ask.tokensMax > bounds.contextTokens) {
    throw new CocoonError("context_too_long", { contextTokens: bounds.contextTokens });
  }
  const candidates = maker.directory.candidates(ask.model);
  const wish = {
    tier: ask.tier,
    excluded: ask.excluded,
    worker: ask.worker,
    capabilities: ask.capabilities,
    promptPerMillionMax: lower(bounds.promptPerMillionMax, ask.promptPerMillionMax),
    completionPerMillionMax: lower(bounds.completionPerMillionMax, ask.completionPerMillionMax),
    countMax: maker.mayKeep ? Math.max(1, ask.recipientsMax ?? 1) : 1,
    nowMs: maker.nowMs,
  };
  const peers = pickWorkers(candidates, wish, maker.random).flatMap((picked) =>
    offeredPeer(maker.directory, picked),
  );
  const [first, ...others] = peers;
  if (first === undefined) throw new CocoonError("no_worker");
  const alternates = others.map(({ offered }) => offered);
  return { offer: { ...first.offered, feeBps: maker.feeBps, alternates }, peers };
}

/** The most that an offer can cost, whoever answers. */
export function offerCostMax(tokensMax: number, { feeBps, alternates, ...first }: Offer): Nanotons {
  const costs = [first, ...alternates].map((price) => costMax(tokensMax, { ...price, feeBps }));
  return costs.reduce((dearest, cost) => (cost > dearest ? cost : dearest));
}

function offeredPeer(directory: WorkerDirectory, picked: Candidate): readonly OfferedPeer[] {
  const worker = directory.find(picked.worker);
  if (worker === undefined) return [];
  const offered = {
    worker: worker.id,
    claimsHash: worker.attested.claimsHash,
    keyConfig: worker.keyConfig,
    promptPerMillion: picked.promptPerMillion,
    completionPerMillion: picked.completionPerMillion,
    ...(worker.vouch && { vouch: worker.vouch }),
  };
  return [{ worker, offered }];
}

function lower(bound: Nanotons, cap: Nanotons | undefined): Nanotons {
  return cap === undefined || cap > bound ? bound : nanotons(cap);
}
