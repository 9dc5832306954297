// What to ask: what others ask for the same, never less than it costs.

import { nanotons, type Nanotons, type Price } from "@cocoon/protocol";
import type { ModelListing } from "@cocoon/sdk";

export type PricingFacts = {
  /** Of others, for the same model. */
  readonly book: readonly Price[];
  readonly listing: Pick<ModelListing, "promptPerMillionMax" | "completionPerMillionMax">;
  /** What an hour of this machine costs its owner; undefined: nobody said. */
  readonly costPerHour: Nanotons | undefined;
  /** At full work. */
  readonly tokensPerSecond: number;
};

export type Proposal = {
  readonly price: Price;
  /** A million completion tokens cost their owner so much; undefined: nobody said what an hour costs. */
  readonly ownCost: Nanotons | undefined;
  /** `median`: of the book; `cost`: the median is below it; `bound`: half of what is allowed, as nobody asks anything yet. */
  readonly from: "median" | "cost" | "bound";
};

const secondsPerHour = 3_600n;
const million = 1_000_000n;
/** Speeds are measured in tenths of a token. */
const tenths = 10;

/** The median of the book, its owner's cost as the floor, the root contract's bound as the ceiling. */
export function proposePrice({ book, listing, ...own }: PricingFacts): Proposal {
  const { promptPerMillionMax, completionPerMillionMax } = listing;
  const prompts = median(book.map(({ promptPerMillion }) => promptPerMillion));
  const completions = median(book.map(({ completionPerMillion }) => completionPerMillion));
  const prompt = prompts ?? promptPerMillionMax / 2n;
  const completion = completions ?? completionPerMillionMax / 2n;
  const ownCost = costPerMillion(own);
  const isBelowCost = ownCost !== undefined && completion < ownCost;
  const source = completions === undefined ? "bound" : "median";
  return {
    price: {
      promptPerMillion: least(prompt, promptPerMillionMax),
      completionPerMillion: least(isBelowCost ? ownCost : completion, completionPerMillionMax),
    },
    ownCost,
    from: isBelowCost ? "cost" : source,
  };
}

/** What a million completion tokens cost, rounded up. */
function costPerMillion({
  costPerHour,
  tokensPerSecond,
}: Pick<PricingFacts, "costPerHour" | "tokensPerSecond">): Nanotons | undefined {
  const speed = BigInt(Math.floor(tokensPerSecond * tenths));
  if (costPerHour === undefined || speed <= 0n) return undefined;
  const perHour = speed * secondsPerHour;
  return nanotons((costPerHour * million * BigInt(tenths) + perHour - 1n) / perHour);
}

/** The lower of the two in the middle. */
export function median(values: readonly bigint[]): bigint | undefined {
  const sorted = values.toSorted((left, right) => (left < right ? -1 : 1));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function least(value: bigint, max: Nanotons): Nanotons {
  return value < max ? nanotons(value) : max;
}
