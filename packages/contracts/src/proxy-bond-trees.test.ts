// Proofs in trees of every size up to 300. EVERY_LEAF=1 tries the whole matrix: every leaf of each, every index for one
// leaf of each, and in trees up to 64 every index for every leaf; three minutes of processor time or more.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { bondAddress, createAccusedBond, logKey } from "../testing/bond-chain.ts";
import { createTestLog } from "../testing/log.ts";
import { createMerkleTrial } from "../testing/merkle-trial.ts";
import {
  anchorDeadlineSeconds,
  type ProvenLeaf,
  type SignedHead,
  slashContradictionBody,
  slashOmissionBody,
} from "./index.ts";

const sizeMax = 300;
const isEveryLeaf = process.env["EVERY_LEAF"] === "1";
const numRuns = Number(process.env["MODEL_RUNS"] ?? 30);
const options = { key: logKey, bond: bondAddress, size: sizeMax + 1 };
const log = createTestLog(options);
const fork = createTestLog({ ...options, forkedAt: 0 });

const indexes = (size: number): number[] => Array.from({ length: size }, (_, index) => index);

/** First and last, both sides of the tree's first fork, and one in between; in larger trees two of these in turn. */
function leavesToTry(size: number): readonly number[] {
  const right = size === 1 ? 0 : 2 ** Math.floor(Math.log2(size - 1));
  const [left, third] = [Math.max(0, right - 1), Math.floor(size / 3)];
  if (size > 40) return size % 2 === 0 ? [left, size - 1] : [right, third];
  return [...new Set([0, left, right, third, size - 1])];
}

/** Sizes of which every index is tried for one leaf. */
const sizesOfEveryIndex = isEveryLeaf ? indexes(sizeMax + 1).slice(1) : [63, 64, 65, 129, 255, 300];
/** Up to here every index is tried for every leaf. */
const crossedSizeMax = isEveryLeaf ? 64 : 12;

test("the proof of a leaf leads to the root at its own index and at no other, in trees of every size", async () => {
  const trial = await createMerkleTrial();
  for (let size = 1; size <= sizeMax; size += 1) {
    const isCrossed = size <= crossedSizeMax;
    const leaves = isCrossed || isEveryLeaf ? indexes(size) : leavesToTry(size);
    const found = await trial(log, { size, leaves, around: isCrossed ? size : 0 });
    assert.deepEqual(found, { own: leaves.length, wrong: 0 }, `size ${size}`);
  }
  for (const size of sizesOfEveryIndex) {
    const found = await trial(log, { size, leaves: [((7 * size) % 31) % size], around: size });
    assert.deepEqual(found, { own: 1, wrong: 0 }, `size ${size}`);
  }
});

test("any leaf of a tree proves that another one was promised, at its own index alone", async () => {
  const chain = await createAccusedBond();
  const start = chain.blockchain.snapshot();
  const accuse = (promised: number, shown: ProvenLeaf & { head: SignedHead }) =>
    chain.accuse(slashOmissionBody(bondAddress, { promise: fork.promise(promised, 0), shown }));
  for (const size of [1, 2, 3, 5, 8, 13, 64, 65, 200, sizeMax]) {
    const head = log.anchor(size, 0);
    for (const index of leavesToTry(size)) {
      const shown = { ...log.proven(index, size), head };
      for (const wrong of [index - 1, index + 1].filter((other) => other >= 0)) {
        assert.equal(await accuse(wrong, shown), "BadProof", `${wrong} of ${size}`);
      }
      assert.equal(await accuse(index, shown), undefined, `${index} of ${size}`);
      await chain.blockchain.loadFrom(start);
    }
  }
});

test("two trees of any two sizes are proven to differ by any leaf that they both have", async () => {
  const chain = await createAccusedBond();
  const start = chain.blockchain.snapshot();
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: sizeMax }),
    fc.integer({ min: 1, max: sizeMax }),
  );
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(sizeMax), async ([one, two], chosen) => {
      await chain.blockchain.loadFrom(start);
      const index = chosen % Math.min(one, two);
      const body = slashContradictionBody(bondAddress, {
        first: fork.checkpoint(one),
        second: log.anchor(two, 0),
        difference: { index, first: fork.proven(index, one), second: log.proven(index, two) },
      });
      assert.equal(await chain.accuse(body), undefined);
    }),
    { numRuns },
  );
});

/** Anything that one may put together from what an honest log has published. */
const anyHead = fc
  .record({ size: fc.integer({ min: 1, max: sizeMax }), isAnchor: fc.boolean() })
  .map(({ size, isAnchor }) => (isAnchor ? log.anchor(size, 1) : log.checkpoint(size)));
const anyIndex = fc.nat(sizeMax - 1);
const anyLeaf: fc.Arbitrary<ProvenLeaf> = fc
  .record({
    index: anyIndex,
    size: fc.integer({ min: 1, max: sizeMax }),
    leaf: fc.option(anyIndex),
    cut: fc.nat(9),
    swap: fc.boolean(),
  })
  .map(({ index, size, leaf, cut, swap }) => {
    const { proof } = log.proven(index % size, size);
    const kept = cut === 9 ? [...proof, log.leaf(0)] : proof.slice(cut > 6 ? cut - 6 : 0);
    return { leaf: log.leaf(leaf ?? index % size), proof: swap ? kept.toReversed() : kept };
  });

test("nobody can slash an honest log, whatever is made of its statements", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 150), undefined);
  const before = await chain.state();
  const promisedAtMs = 1000 * chain.now();
  chain.wait(anchorDeadlineSeconds);
  const contradiction = fc.record(
    {
      first: anyHead,
      second: anyHead,
      difference: fc.record({ index: anyIndex, first: anyLeaf, second: anyLeaf }),
    },
    { requiredKeys: ["first"] },
  );
  const omission = fc
    .record({ index: anyIndex, head: fc.option(anyHead), leaf: fc.option(anyLeaf) })
    .map(({ index, head, leaf }) => {
      const promise = log.promise(index, promisedAtMs);
      return { promise, ...(leaf && { shown: { ...leaf, ...(head && { head }) } }) };
    });
  const anyProof = fc.oneof(
    contradiction.map((proof) => slashContradictionBody(bondAddress, proof)),
    omission.map((proof) => slashOmissionBody(bondAddress, proof)),
  );
  await fc.assert(
    fc.asyncProperty(anyProof, async (body) => {
      const refusal = await chain.accuse(body);
      assert.ok(["NoFault", "BadProof", "TooEarly"].includes(refusal ?? "slashed"), refusal);
    }),
    { numRuns: 2 * numRuns },
  );
  assert.deepEqual(await chain.state(), before);
});
