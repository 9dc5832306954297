// Proofs in trees of every size up to 300. EVERY_LEAF=1 tries every leaf of each, and every wrong index for one of
// them: far beyond ten minutes.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { bondAddress, createAccusedBond, logKey } from "../testing/bond-chain.ts";
import { createTestLog } from "../testing/log.ts";
import {
  anchorDeadlineSeconds,
  type ProvenLeaf,
  type SignedHead,
  slashContradictionBody,
  slashOmissionBody,
} from "./index.ts";

const sizeMax = 300;
const isEveryLeaf = process.env["EVERY_LEAF"] === "1";
const numRuns = Number(process.env["MODEL_RUNS"] ?? 60);
const options = { key: logKey, bond: bondAddress, size: sizeMax + 1 };
const log = createTestLog(options);
const fork = createTestLog({ ...options, forkedAt: 0 });

const indexes = (size: number): number[] => Array.from({ length: size }, (_, index) => index);

/** First and last, both sides of the tree's first fork, and one in between; in larger trees two of these in turn. */
function leavesToTry(size: number): readonly number[] {
  if (isEveryLeaf) return indexes(size);
  const right = size === 1 ? 0 : 2 ** Math.floor(Math.log2(size - 1));
  const [left, third] = [Math.max(0, right - 1), Math.floor(size / 3)];
  if (size > 40) return size % 2 === 0 ? [left, size - 1] : [right, third];
  return [...new Set([0, left, right, third, size - 1])];
}

function wrongIndexes(size: number, index: number): readonly number[] {
  const others = indexes(size + 1).filter((other) => other !== index);
  if (isEveryLeaf || size < 9) return others;
  return size % 4 === 0 ? [others[(31 * size) % others.length] ?? 0] : [];
}

test("any leaf of any tree proves that another one was promised, at its own index alone", async () => {
  const chain = await createAccusedBond();
  const start = chain.blockchain.snapshot();
  const accuse = (promised: number, shown: ProvenLeaf & { head: SignedHead }) =>
    chain.accuse(slashOmissionBody(bondAddress, { promise: fork.promise(promised, 0), shown }));
  for (let size = 1; size <= sizeMax; size += 1) {
    const head = log.anchor(size, 0);
    const misplaced = Math.floor(size / 2);
    for (const wrong of wrongIndexes(size, misplaced)) {
      const shown = { ...log.proven(misplaced, size), head };
      assert.equal(await accuse(wrong, shown), "BadProof", `${wrong} of ${size}`);
    }
    for (const index of leavesToTry(size)) {
      const shown = { ...log.proven(index, size), head };
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
