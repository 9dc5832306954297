import { nanotons, type Price } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { median, proposePrice } from "./price.ts";

const listing = {
  promptPerMillionMax: nanotons(1_000n),
  completionPerMillionMax: nanotons(4_000n),
};
const priceOf = (prompt: bigint, completion: bigint): Price => {
  return { promptPerMillion: nanotons(prompt), completionPerMillion: nanotons(completion) };
};
const idle = { listing, costPerHour: undefined, tokensPerSecond: 10 };

test("median() is one of the values, the lower one of two", () => {
  assert.equal(median([]), undefined);
  assert.equal(median([5n]), 5n);
  assert.equal(median([9n, 1n]), 1n);
  assert.equal(median([3n, 100n, 1n]), 3n);
});

test("proposePrice() takes each kind's median of the book, and half of the bound where nobody asks", () => {
  const book = [priceOf(10n, 90n), priceOf(30n, 50n), priceOf(20n, 70n)];
  const { from, price } = proposePrice({ ...idle, book });
  assert.deepEqual([from, price], ["median", priceOf(20n, 70n)]);
  const empty = proposePrice({ ...idle, book: [] });
  assert.deepEqual([empty.from, empty.price], ["bound", priceOf(500n, 2_000n)]);
});

test("proposePrice() never goes below what a token costs, nor above the bound", () => {
  const book = [priceOf(20n, 70n)];
  // 36,000 tokens an hour for 36 nanotons: a million cost 1,000.
  const dear = proposePrice({ ...idle, book, costPerHour: nanotons(36n) });
  assert.deepEqual([dear.from, dear.ownCost], ["cost", 1_000n]);
  assert.deepEqual(dear.price, priceOf(20n, 1_000n));
  const hopeless = proposePrice({ ...idle, book, costPerHour: nanotons(360_000n) });
  assert.equal(hopeless.price.completionPerMillion, 4_000n);
  const rounded = proposePrice({ ...idle, book, costPerHour: nanotons(1n), tokensPerSecond: 7 });
  assert.equal(rounded.ownCost, 40n);
  const unmeasured = proposePrice({ ...idle, book, costPerHour: nanotons(1n), tokensPerSecond: 0 });
  assert.equal(unmeasured.ownCost, undefined);
});
