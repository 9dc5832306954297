import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { JsonReader } from "../codec/index.ts";
import { nanotons } from "../units/index.ts";
import {
  costMax,
  feeNanotons,
  isTerms,
  type Price,
  pricePerMillionMax,
  readPrice,
  readTerms,
  tokenCountMax,
  workNanotons,
} from "./price.ts";

type PriceVector = {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly promptPerMillion: string;
  readonly completionPerMillion: string;
  readonly feeBps: number;
  readonly workNanotons: string;
  readonly feeNanotons: string;
  readonly tokensMax: number;
  readonly costMax: string;
};
const file = new URL("../../../../vectors/price.json", import.meta.url);
// oxlint-disable-next-line no-unsafe-type-assertion -- our own file
const { prices } = JSON.parse(readFileSync(file, "utf8")) as { prices: readonly PriceVector[] };

const count = fc.oneof(fc.nat(200_000), fc.integer({ min: 0, max: tokenCountMax }));
const perMillion = fc
  .oneof(fc.bigInt(0n, 10n ** 9n), fc.bigInt(0n, pricePerMillionMax))
  .map((amount) => nanotons(amount));
const price: fc.Arbitrary<Price> = fc.record({
  promptPerMillion: perMillion,
  completionPerMillion: perMillion,
});
const bps = fc.integer({ min: 0, max: 10_000 });

test("workNanotons(), feeNanotons() and costMax() refuse what is out of range", () => {
  const fair = { promptPerMillion: nanotons(1n), completionPerMillion: nanotons(1n) };
  const dear = { ...fair, promptPerMillion: nanotons(pricePerMillionMax + 1n) };
  assert.throws(() => workNanotons({ promptTokens: -1, completionTokens: 0 }, fair), RangeError);
  assert.throws(
    () => workNanotons({ promptTokens: 0, completionTokens: 2 ** 32 }, fair),
    RangeError,
  );
  assert.throws(() => workNanotons({ promptTokens: 0.5, completionTokens: 0 }, fair), RangeError);
  assert.throws(() => workNanotons({ promptTokens: 1, completionTokens: 1 }, dear), RangeError);
  for (const feeBps of [-1, 10_001, 0.5, Number.NaN]) {
    assert.throws(() => feeNanotons(nanotons(1n), feeBps), RangeError);
    assert.equal(isTerms({ ...fair, feeBps }), false);
  }
  assert.throws(() => costMax(1, { ...dear, feeBps: 0 }), RangeError);
  assert.equal(isTerms({ ...dear, feeBps: 0 }), false);
  assert.ok(isTerms({ ...fair, feeBps: 10_000 }));
});

test("readTerms() throws the reader's code for a price above one TON a token or a fee above all", () => {
  const fields = { promptPerMillion: "5", completionPerMillion: "7", feeBps: 10 };
  const read = (changed: object) =>
    readTerms(new JsonReader({ ...fields, ...changed }, "request_malformed"));
  const above = (pricePerMillionMax + 1n).toString();
  for (const changed of [
    { promptPerMillion: above },
    { completionPerMillion: above },
    { completionPerMillion: 7 },
    { feeBps: 10_001 },
    { feeBps: undefined },
  ]) {
    assert.throws(() => read(changed), { code: "request_malformed" });
  }
  assert.deepEqual(read({}), { promptPerMillion: 5n, completionPerMillion: 7n, feeBps: 10 });
  const asked = new JsonReader({ ...fields, promptPerMillion: above }, "frame_malformed");
  assert.throws(() => readPrice(asked), { code: "frame_malformed" });
});

for (const vector of prices) {
  const { promptTokens, completionTokens, feeBps } = vector;
  test(`workNanotons() and feeNanotons() give the vector of ${promptTokens} + ${completionTokens} tokens`, () => {
    const terms = {
      promptPerMillion: nanotons(BigInt(vector.promptPerMillion)),
      completionPerMillion: nanotons(BigInt(vector.completionPerMillion)),
      feeBps,
    };
    const work = workNanotons({ promptTokens, completionTokens }, terms);
    assert.equal(work, BigInt(vector.workNanotons));
    assert.equal(feeNanotons(work, feeBps), BigInt(vector.feeNanotons));
    assert.equal(costMax(vector.tokensMax, terms), BigInt(vector.costMax));
  });
}

test("workNanotons() rounds against the payee: parts never come to more than the whole", () => {
  fc.assert(
    fc.property(count, count, count, price, (first, second, completionTokens, terms) => {
      fc.pre(first + second <= tokenCountMax);
      const whole = workNanotons({ promptTokens: first + second, completionTokens }, terms);
      const left = workNanotons({ promptTokens: first, completionTokens }, terms);
      const right = workNanotons({ promptTokens: second, completionTokens: 0 }, terms);
      assert.ok(left + right <= whole);
      const exact =
        BigInt(first + second) * terms.promptPerMillion +
        BigInt(completionTokens) * terms.completionPerMillion;
      assert.ok(whole * 1_000_000n <= exact && exact < (whole + 1n) * 1_000_000n);
    }),
    { numRuns: 200 },
  );
});

test("feeNanotons() rounds against the payee: fees of parts never come to more than the whole's", () => {
  const amount = fc.bigInt(0n, 10n ** 18n).map((value) => nanotons(value));
  fc.assert(
    fc.property(amount, amount, bps, (first, second, feeBps) => {
      const parts = feeNanotons(first, feeBps) + feeNanotons(second, feeBps);
      const whole = feeNanotons(nanotons(first + second), feeBps);
      assert.ok(parts <= whole && whole <= first + second);
    }),
    { numRuns: 200 },
  );
});

test("costMax() is never below what the tokens cost, however they are split", () => {
  fc.assert(
    fc.property(count, count, price, bps, (promptTokens, completionTokens, terms, feeBps) => {
      fc.pre(promptTokens + completionTokens <= tokenCountMax);
      const work = workNanotons({ promptTokens, completionTokens }, terms);
      const cost = work + feeNanotons(work, feeBps);
      assert.ok(cost <= costMax(promptTokens + completionTokens, { ...terms, feeBps }));
    }),
    { numRuns: 200 },
  );
});
