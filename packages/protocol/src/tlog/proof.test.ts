import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { fromBase64, utf8 } from "../bytes/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import { emptyRoot, hashLeaf, hashNode } from "./hash.ts";
import { consistencyProof, inclusionProof } from "./proof.ts";
import { MerkleTree, type ReadNode, type TreeHead } from "./tree.ts";
import { type Inclusion, verifyConsistency, verifyInclusion } from "./verify.ts";

const leafCount = 300;
const leaves: Uint8Array[] = [];
const heads: TreeHead[] = [{ size: 0, root: emptyRoot }];
const stored = new Map<string, Uint8Array>();
const readNode: ReadNode = (level, index) => stored.get(`${level}/${index}`);
let tree = MerkleTree.empty;
for (let index = 0; index < leafCount; index += 1) {
  const leaf = hashLeaf(utf8(`leaf ${index}`));
  const grown = tree.append(leaf);
  for (const node of grown.nodes) stored.set(`${node.level}/${node.index}`, node.hash);
  tree = grown.tree;
  leaves.push(leaf);
  heads.push(tree.head());
}

function inclusionOf(index: number, size: number): Inclusion {
  const leaf = leaves[index] ?? assert.fail();
  const head = heads[size] ?? assert.fail();
  return { leaf, index, head, proof: inclusionProof(index, size, readNode) };
}

function refuses(code: ErrorCode, verify: () => void): void {
  assert.throws(verify, (error) => error instanceof CocoonError && error.code === code);
}

/** Every way in which one hash of a proof can be wrong, missing or too many. */
function spoil(proof: readonly Uint8Array[]): Uint8Array[][] {
  const stray = hashLeaf(utf8("stray"));
  return [
    [...proof, stray],
    [stray, ...proof],
    [...proof, new Uint8Array()],
    proof.slice(0, -1),
    proof.slice(1),
    ...proof.map((_, index) => proof.with(index, stray)),
    ...proof.map((hash, index) => proof.with(index, hash.subarray(1))),
  ].filter((spoiled) => spoiled.length > 0 || proof.length > 0);
}

test("inclusionProof() and consistencyProof() refuse indexes and sizes that make no sense", () => {
  for (const [index, size] of [
    [0, 0],
    [5, 5],
    [-1, 5],
    [0.5, 5],
    [0, 2 ** 53],
  ] as const) {
    assert.throws(() => inclusionProof(index, size, readNode), RangeError);
  }
  for (const [first, second] of [
    [0, 5],
    [6, 5],
    [-1, 5],
    [1.5, 5],
    [1, 2 ** 53],
  ] as const) {
    assert.throws(() => consistencyProof(first, second, readNode), RangeError);
  }
});

test("verifyInclusion() accepts every leaf of every size to 300", () => {
  for (let size = 1; size <= leafCount; size += 1) {
    for (let index = 0; index < size; index += 1) verifyInclusion(inclusionOf(index, size));
  }
});

test("verifyInclusion() refuses another leaf, index, root or proof, and sizes of another shape", () => {
  for (const size of [1, 2, 3, 7, 8, 100, 255, 256, 300]) {
    for (const index of new Set([0, 1, size >> 1, size - 2, size - 1])) {
      if (index < 0 || index >= size) continue;
      const good = inclusionOf(index, size);
      const { head, proof } = good;
      const wrong: Inclusion[] = [
        { ...good, leaf: hashLeaf(utf8("stray")) },
        { ...good, leaf: good.leaf.subarray(1) },
        { ...good, index: index + 1 },
        { ...good, index: index - 1 },
        { ...good, index: size },
        { ...good, index: 2 ** 53 },
        { ...good, head: { ...head, root: hashLeaf(head.root) } },
        { ...good, head: { ...head, root: new Uint8Array() } },
        { ...good, head: { ...head, size: 0 } },
        { ...good, head: { ...head, size: index } },
        { ...good, head: { ...head, size: 2 ** 53 } },
        { ...good, head: { ...head, size: 4 * size } },
      ];
      for (const spoiled of spoil(proof)) wrong.push({ ...good, proof: spoiled });
      for (const bad of wrong) refuses("inclusion_invalid", () => verifyInclusion(bad));
    }
  }
});

test("verifyConsistency() accepts every pair of sizes to 120, and pairs beyond", () => {
  const check = (first: number, second: number): void => {
    const proof = consistencyProof(first, second, readNode);
    verifyConsistency(heads[first] ?? assert.fail(), heads[second] ?? assert.fail(), proof);
  };
  for (let second = 1; second <= 120; second += 1) {
    for (let first = 1; first <= second; first += 1) check(first, second);
  }
  for (let first = 1; first <= leafCount; first += 7) check(first, leafCount);
  for (const second of [255, 256, 257]) for (const first of [1, 128, 255]) check(first, second);
});

test("verifyConsistency() refuses other roots, sizes and proofs, and an empty beginning", () => {
  for (const [first, second] of [
    [1, 2],
    [2, 3],
    [3, 8],
    [6, 8],
    [8, 8],
    [7, 7],
    [100, 257],
  ] as const) {
    const [from, to] = [heads[first] ?? assert.fail(), heads[second] ?? assert.fail()];
    const proof = consistencyProof(first, second, readNode);
    const stray = hashLeaf(utf8("stray"));
    const wrong: (readonly [TreeHead, TreeHead, readonly Uint8Array[]])[] = [
      [{ ...from, root: stray }, to, proof],
      [from, { ...to, root: stray }, proof],
      [{ ...from, root: new Uint8Array() }, to, proof],
      [{ ...from, size: 0 }, to, proof],
      [{ ...from, size: 0, root: emptyRoot }, to, []],
      [{ ...from, size: second + 1 }, to, proof],
      [{ ...from, size: 0.5 }, to, proof],
      [from, { ...to, size: 2 ** 53 }, proof],
      [from, { ...to, size: 4 * second }, proof],
      ...spoil(proof).map((spoiled) => [from, to, spoiled] as const),
    ];
    if (first < second) wrong.push([to, from, proof], [from, to, []]);
    for (const [a, b, c] of wrong) {
      refuses("checkpoint_inconsistent", () => verifyConsistency(a, b, c));
    }
  }
});

/** A log whose leaves are all the same, so that trees of any size can be proved about. */
const uniform = [hashLeaf(utf8("same"))];
for (let level = 0; level < 53; level += 1) {
  const below = uniform[level] ?? assert.fail();
  uniform.push(hashNode(below, below));
}
const readUniform: ReadNode = (level) => uniform[level];

test("proofs of logs of up to 2^53 leaves verify", () => {
  const size = fc.oneof(fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 33 })).map((n) => n || 1);
  fc.assert(
    fc.property(size, size, fc.maxSafeNat(), (a, b, pick) => {
      const [first, second] = [Math.min(a, b), Math.max(a, b)];
      const [from, to] = [first, second].map((n) => MerkleTree.open(n, readUniform).head());
      assert.ok(from !== undefined && to !== undefined);
      verifyConsistency(from, to, consistencyProof(first, second, readUniform));
      const index = pick % second;
      const proof = inclusionProof(index, second, readUniform);
      verifyInclusion({ leaf: uniform[0] ?? assert.fail(), index, head: to, proof });
    }),
    { numRuns: 50 },
  );
});

type Vector = {
  readonly name: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
  readonly leafHash: string;
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
};
const file = new URL("../../../../../shared/vectors/merkle-rfc6962.json", import.meta.url);
const skip = existsSync(file) ? false : "merkle-rfc6962.json is not beside this checkout";
const bytesOf = (base64: string): Uint8Array => fromBase64(base64) ?? new Uint8Array();
const proofOf = (vector: Vector): Uint8Array[] => (vector.proof ?? []).map(bytesOf);

test(
  "verifyInclusion() and verifyConsistency() agree with 196 vectors of other implementations",
  { skip },
  () => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- a file that we know
    const vectors = JSON.parse(readFileSync(file, "utf8")) as Record<
      "inclusion" | "consistency",
      Vector[]
    >;
    // The file also has proofs of subtrees, a draft that nothing here speaks.
    const inclusion = vectors.inclusion.filter(({ name }) => name.startsWith("inclusion/"));
    const consistency = vectors.consistency.filter(({ name }) => name.startsWith("consistency/"));
    assert.equal(inclusion.length + consistency.length, 196);
    const check = (vector: Vector, code: ErrorCode, verify: () => void): void => {
      if (vector.wantErr) refuses(code, verify);
      else assert.doesNotThrow(verify, vector.name);
    };
    for (const vector of inclusion) {
      check(vector, "inclusion_invalid", () =>
        verifyInclusion({
          leaf: bytesOf(vector.leafHash),
          index: vector.leafIdx,
          head: { size: vector.treeSize, root: bytesOf(vector.root) },
          proof: proofOf(vector),
        }),
      );
    }
    for (const vector of consistency) {
      const first = { size: vector.size1, root: bytesOf(vector.root1) };
      const second = { size: vector.size2, root: bytesOf(vector.root2) };
      check(vector, "checkpoint_inconsistent", () =>
        verifyConsistency(first, second, proofOf(vector)),
      );
    }
  },
);
