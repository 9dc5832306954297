// What can be asked for now, and what it would cost.

import {
  costMax,
  type MarketWorker,
  type Nanotons,
  nanotons,
  networkIds,
  type Tier,
  tierDefault,
  tiers,
  tierSatisfies,
} from "@cocoon/protocol";
import type { Pulse } from "../network/index.ts";

export type OfferedModel = {
  readonly name: string;
  /** Hex. */
  readonly manifestHash: string;
  readonly contextTokens: number;
};

/** The models that somebody offers, by the names that the root contract has for them. */
export function offeredModels({ chain, proxies }: Pulse): readonly OfferedModel[] {
  const offers = proxies.flatMap(({ status }) => status?.workers ?? []);
  const hashes = new Set(offers.map(({ model }) => model));
  return [...hashes].flatMap((manifestHash) => {
    const listing = chain?.root.models.get(manifestHash);
    return listing === undefined
      ? []
      : [{ name: listing.name, manifestHash, contextTokens: listing.contextTokens }];
  });
}

/** The tiers that can be asked for on this network: a devnet has simulated ones alone. */
export function tiersOf({ description }: Pulse): readonly Tier[] {
  return description?.networkId === networkIds.devnet
    ? tiers
    : tiers.filter((tier) => tier !== "dev");
}

export function tierAtFirst(pulse: Pulse): Tier {
  return pulse.description?.networkId === networkIds.devnet ? "dev" : tierDefault;
}

export type Price = {
  readonly promptPerMillion: Nanotons;
  readonly completionPerMillion: Nanotons;
  readonly feeBps: number;
};

/** What the cheapest worker of a model asks that satisfies a tier; undefined where nobody does. */
export function bestPrice({ proxies }: Pulse, model: string, tier: Tier): Price | undefined {
  const offers = proxies.flatMap(({ status }) =>
    (status?.workers ?? [])
      .filter((offer) => offer.model === model && tierSatisfies(offer.tier, tier))
      .map((offer) => ({ ...priceOf(offer), feeBps: status?.feeBps ?? 0 })),
  );
  return offers.toSorted((one, other) => Number(sumOf(one) - sumOf(other)))[0];
}

function priceOf({ completionPerMillion, promptPerMillion }: MarketWorker): Omit<Price, "feeBps"> {
  return { completionPerMillion, promptPerMillion };
}

function sumOf({ completionPerMillion, promptPerMillion }: Price): bigint {
  return completionPerMillion + promptPerMillion;
}

/** The most that an answer can cost: the model's whole context, at the dearer of both prices, with the fee. */
export function mostOf(price: Price, contextTokens: number): Nanotons {
  return nanotons(costMax(contextTokens, price));
}
