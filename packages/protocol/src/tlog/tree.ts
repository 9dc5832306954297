import { emptyRoot, hashBytes, hashNode } from "./hash.ts";

/**
 * A node whose subtree is complete: it covers the 2^level leaves from leaf index * 2^level on. Level 0 are the leaves.
 * Such a node never changes once its last leaf is in, so it is written once.
 */
export type TreeNode = {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
};

/** Reads a complete node that was stored before; undefined when there is none. */
export type ReadNode = (level: number, index: number) => Uint8Array | undefined;

/** A tree of a certain size and its root: what a checkpoint states. */
export type TreeHead = { readonly size: number; readonly root: Uint8Array };

/**
 * The right edge of a growing log: the roots of its complete subtrees, at most 53 hashes however long the log is.
 * It never changes; append() gives the next one, so a transaction that is undone leaves nothing to repair.
 */
export class MerkleTree {
  static readonly empty: MerkleTree = new MerkleTree(0, []);

  readonly size: number;
  /** One for each bit that is set in the size, the largest subtree first. */
  readonly #peaks: readonly Uint8Array[];

  private constructor(size: number, peaks: readonly Uint8Array[]) {
    this.size = size;
    this.#peaks = peaks;
  }

  /** The tree of this size whose nodes were stored before. */
  static open(size: number, readNode: ReadNode): MerkleTree {
    assertSize(size);
    const peaks: Uint8Array[] = [];
    for (let start = 0; start < size;) {
      const leafCount = powerOfTwoUpTo(size - start);
      peaks.push(hashRange(start, start + leafCount, readNode));
      start += leafCount;
    }
    return new MerkleTree(size, peaks);
  }

  /** The tree with one leaf more, and the nodes that it completes: two on average, the leaf itself first. */
  append(leaf: Uint8Array): { readonly tree: MerkleTree; readonly nodes: readonly TreeNode[] } {
    if (leaf.length !== hashBytes) throw new RangeError("a leaf hash is 32 bytes");
    assertSize(this.size + 1);
    const peaks = [...this.#peaks];
    let node: TreeNode = { level: 0, index: this.size, hash: leaf };
    const nodes = [node];
    while (node.index % 2 === 1) {
      const left = peaks.pop() ?? leaf;
      node = {
        level: node.level + 1,
        index: (node.index - 1) / 2,
        hash: hashNode(left, node.hash),
      };
      nodes.push(node);
    }
    peaks.push(node.hash);
    return { tree: new MerkleTree(this.size + 1, peaks), nodes };
  }

  root(): Uint8Array {
    const folded = this.#peaks.reduceRight<Uint8Array | undefined>(
      (right, left) => (right === undefined ? left : hashNode(left, right)),
      undefined,
    );
    return folded ?? emptyRoot;
  }

  head(): TreeHead {
    return { size: this.size, root: this.root() };
  }
}

/**
 * The hash over the leaves from start up to, not including, end: MTH(D[start:end]) of RFC 6962 section 2.1. The start
 * must be one that the recursion of that section reaches, and every complete node in between must be readable.
 */
export function hashRange(start: number, end: number, readNode: ReadNode): Uint8Array {
  const leafCount = end - start;
  if (leafCount === 0) return emptyRoot;
  if (powerOfTwoUpTo(leafCount) === leafCount) {
    const level = Math.log2(leafCount);
    const hash = readNode(level, start / leafCount);
    if (hash === undefined) throw new RangeError(`no node ${start / leafCount} of level ${level}`);
    return hash;
  }
  const middle = start + splitOf(leafCount);
  return hashNode(hashRange(start, middle, readNode), hashRange(middle, end, readNode));
}

/** Where RFC 6962 splits a tree: the largest power of two smaller than the leaf count, which is at least 2. */
export function splitOf(leafCount: number): number {
  return powerOfTwoUpTo(leafCount - 1);
}

function powerOfTwoUpTo(count: number): number {
  let power = 2 ** Math.floor(Math.log2(count));
  if (power > count) power /= 2; // log2 rounds up just below a large power of two.
  return power;
}

export function assertSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError("not a tree size");
}
