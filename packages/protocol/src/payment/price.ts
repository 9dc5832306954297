// What work costs. Every division rounds down, against the payee.

import type { JsonReader } from "../codec/index.ts";
import { type Nanotons, nanotons } from "../units/index.ts";

/** Tokens as the engine counted them. Each count fits a u32. */
export type Usage = {
  /** All prompt tokens, cached ones included. */
  readonly promptTokens: number;
  /** Those of the prompt that the engine took from its cache; absent when it does not say. */
  readonly cachedTokens?: number;
  /** All tokens generated, reasoning included. */
  readonly completionTokens: number;
  /** Those generated that were not shown; absent when the engine does not say. */
  readonly reasoningTokens?: number;
};

/** Nanotons for 1,000,000 tokens of each kind, at most pricePerMillionMax. */
export type Price = {
  readonly promptPerMillion: Nanotons;
  readonly completionPerMillion: Nanotons;
};

/** A worker's price and the proxy's fee on top of it, in basis points of the work: 10,000 are 100%. */
export type Terms = Price & { readonly feeBps: number };

/**
 * One TON a token. With u32 token counts and a fee of at most 100%, no amount can leave the wire's u64:
 * 2 kinds x 2^32 tokens x 10^9 nanotons x 2 = 1.72e19 < 1.84e19.
 */
export const pricePerMillionMax = nanotons(10n ** 15n);
export const feeBpsMax = 10_000;
export const tokenCountMax = 2 ** 32 - 1;

const tokensPerMillion = 1_000_000n;
const bpsPerWhole = 10_000n;

/** What the worker earns: floor((prompt x its price + completion x its price) / 1,000,000). */
export function workNanotons(usage: Usage, price: Price): Nanotons {
  const prompt = exactCount(usage.promptTokens) * exactPrice(price.promptPerMillion);
  const completion = exactCount(usage.completionTokens) * exactPrice(price.completionPerMillion);
  return nanotons((prompt + completion) / tokensPerMillion);
}

/** What the proxy earns on top: floor(work x basis points / 10,000). */
export function feeNanotons(work: Nanotons, feeBps: number): Nanotons {
  if (!isFeeBps(feeBps)) throw new RangeError("fee out of range");
  return nanotons((work * BigInt(feeBps)) / bpsPerWhole);
}

/** How much of a sum of work and fee is fee: floor(total x basis points / (10,000 + basis points)). */
export function feeWithin(total: Nanotons, feeBps: number): Nanotons {
  if (!isFeeBps(feeBps)) throw new RangeError("fee out of range");
  return nanotons((total * BigInt(feeBps)) / (bpsPerWhole + BigInt(feeBps)));
}

/** The most that work and fee together can cost when prompt and completion are at most this many tokens. */
export function costMax(tokensMax: number, terms: Terms): Nanotons {
  const { promptPerMillion: prompt, completionPerMillion: completion } = terms;
  const dearest = exactPrice(prompt > completion ? prompt : completion);
  const work = nanotons((exactCount(tokensMax) * dearest) / tokensPerMillion);
  return nanotons(work + feeNanotons(work, terms.feeBps));
}

/** Whether terms from a stranger are within the limits above; outside them the arithmetic throws RangeError. */
export function isTerms(terms: Terms): boolean {
  return (
    isPrice(terms.promptPerMillion) && isPrice(terms.completionPerMillion) && isFeeBps(terms.feeBps)
  );
}

/** The two fields of a price in a JSON object; out of range throws the reader's code. */
export function readPrice(json: JsonReader): Price {
  return {
    promptPerMillion: json.nanotons("promptPerMillion", pricePerMillionMax),
    completionPerMillion: json.nanotons("completionPerMillion", pricePerMillionMax),
  };
}

/** The three fields of terms in a JSON object; out of range throws the reader's code. */
export function readTerms(json: JsonReader): Terms {
  return { ...readPrice(json), feeBps: json.uint("feeBps", feeBpsMax) };
}

function isPrice(perMillion: bigint): boolean {
  return perMillion >= 0n && perMillion <= pricePerMillionMax;
}

function isFeeBps(feeBps: number): boolean {
  return Number.isInteger(feeBps) && feeBps >= 0 && feeBps <= feeBpsMax;
}

function exactPrice(perMillion: Nanotons): bigint {
  if (!isPrice(perMillion)) throw new RangeError("price out of range");
  return perMillion;
}

function exactCount(tokens: number): bigint {
  if (!Number.isInteger(tokens) || tokens < 0 || tokens > tokenCountMax) {
    throw new RangeError("token count out of range");
  }
  return BigInt(tokens);
}
