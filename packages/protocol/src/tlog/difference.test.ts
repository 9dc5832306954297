import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { utf8 } from "../bytes/index.ts";
import { firstDifference, type StoredTree } from "./difference.ts";
import { hashLeaf } from "./hash.ts";
import { MerkleTree } from "./tree.ts";

function storedTree(size: number, forkedAt = Infinity): StoredTree {
  const nodes = new Map<string, Uint8Array>();
  let tree = MerkleTree.empty;
  for (let index = 0; index < size; index += 1) {
    const grown = tree.append(hashLeaf(utf8(`${index < forkedAt ? "a" : "b"} ${index}`)));
    for (const node of grown.nodes) nodes.set(`${node.level} ${node.index}`, node.hash);
    tree = grown.tree;
  }
  return { size, readNode: (level, index) => nodes.get(`${level} ${index}`) };
}

test("firstDifference() refuses a tree with a missing node", () => {
  const missing: StoredTree = { size: 2, readNode: () => undefined };
  assert.throws(() => firstDifference(missing, storedTree(3)), RangeError);
});

test("firstDifference() finds the first leaf that differs, in trees of any size", () => {
  const size = fc.integer({ min: 0, max: 70 });
  fc.assert(
    fc.property(size, size, size, (one, other, forkedAt) => {
      const expected = forkedAt < Math.min(one, other) ? forkedAt : undefined;
      assert.equal(firstDifference(storedTree(one), storedTree(other, forkedAt)), expected);
      assert.equal(firstDifference(storedTree(one, forkedAt), storedTree(other)), expected);
    }),
    { numRuns: 100 },
  );
});
