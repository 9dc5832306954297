import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../bytes/index.ts";
import { emptyRoot, hashLeaf, hashNode } from "./hash.ts";
import { type ReadNode, MerkleTree, splitOf } from "./tree.ts";

const leaves = Array.from({ length: 300 }, (_, index) => hashLeaf(utf8(`leaf ${index}`)));

/** MTH of RFC 6962 section 2.1, word for word: what the incremental tree is held to. */
function referenceRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [only = emptyRoot] = hashes;
  if (hashes.length < 2) return only;
  let split = 1;
  while (2 * split < hashes.length) split *= 2;
  return hashNode(referenceRoot(hashes.slice(0, split)), referenceRoot(hashes.slice(split)));
}

/** A log whose leaves are all the same, so that any node of a tree of any size is known. */
const uniformHashes = [hashLeaf(utf8("same"))];
for (let level = 0; level < 53; level += 1) {
  const below = uniformHashes[level] ?? assert.fail();
  uniformHashes.push(hashNode(below, below));
}
const readUniform: ReadNode = (level) => uniformHashes[level];

test("append() refuses what is no leaf hash, and a log that is full", () => {
  assert.throws(() => MerkleTree.empty.append(new Uint8Array(31)), RangeError);
  const full = MerkleTree.open(Number.MAX_SAFE_INTEGER, readUniform);
  assert.throws(() => full.append(new Uint8Array(32)), RangeError);
});

test("open() refuses sizes that are none and nodes that are not there", () => {
  for (const size of [-1, 0.5, 2 ** 53, Number.NaN]) {
    assert.throws(() => MerkleTree.open(size, readUniform), RangeError);
  }
  assert.throws(() => MerkleTree.open(3, () => undefined), RangeError);
});

test("append() and open() give the root of RFC 6962 at every size to 300", () => {
  const stored = new Map<string, Uint8Array>();
  const readNode: ReadNode = (level, index) => stored.get(`${level}/${index}`);
  let tree = MerkleTree.empty;
  assert.deepEqual(tree.root(), emptyRoot);
  for (const [index, leaf] of leaves.entries()) {
    const grown = tree.append(leaf);
    for (const node of grown.nodes) {
      const key = `${node.level}/${node.index}`;
      assert.ok(!stored.has(key), "a node is stored once");
      stored.set(key, node.hash);
    }
    tree = grown.tree;
    const root = referenceRoot(leaves.slice(0, index + 1));
    assert.deepEqual(tree.head(), { size: index + 1, root });
    assert.deepEqual(MerkleTree.open(index + 1, readNode).head(), { size: index + 1, root });
  }
  assert.ok(stored.size < 2 * leaves.length);
});

test("append() leaves the tree it was called on as it was", () => {
  const [one, two, three] = leaves;
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  const before = MerkleTree.empty.append(one).tree;
  const left = before.append(two);
  const right = before.append(three);
  assert.deepEqual(before.root(), one);
  assert.deepEqual(left.tree.root(), hashNode(one, two));
  assert.deepEqual(right.tree.root(), hashNode(one, three));
});

test("open() and append() are exact where indexes pass 32 bits, up to 2^53", () => {
  for (const size of [2 ** 32 - 1, 2 ** 32, 2 ** 40 + 5, 2 ** 53 - 2]) {
    const leaf = uniformHashes[0] ?? assert.fail();
    const grown = MerkleTree.open(size, readUniform).append(leaf);
    assert.deepEqual(grown.tree.root(), MerkleTree.open(size + 1, readUniform).root());
    for (const node of grown.nodes) assert.deepEqual(node.hash, uniformHashes[node.level]);
    assert.equal(grown.nodes[0]?.index, size);
  }
});

test("splitOf() is the largest power of two below the leaf count, at every power to 2^53", () => {
  for (let power = 1; power < 2 ** 53; power *= 2) {
    assert.equal(splitOf(2 * power), power);
    assert.equal(splitOf(power + 1), power);
    if (power > 1) assert.equal(splitOf(2 * power - 1), power);
  }
});
