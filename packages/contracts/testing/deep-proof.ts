// Trees of any size without their leaves: a root that some leaf and some siblings lead to.

import { hashNode } from "@cocoon/protocol";
import type { ProvenLeaf } from "../src/index.ts";

/** A leaf at this index, its proof, and the root of the tree of this size that they belong to. RFC 9162 section 2.1.3.2. */
export function deepProof(
  index: number,
  size: number,
  seed: number,
): ProvenLeaf & { readonly root: Uint8Array } {
  const leaf = new Uint8Array(32).fill(seed);
  const proof: Uint8Array[] = [];
  let root: Uint8Array = leaf;
  let node = BigInt(index);
  for (let last = BigInt(size - 1); last !== 0n; node >>= 1n, last >>= 1n) {
    const sibling = new Uint8Array(32).fill(proof.length);
    proof.push(sibling);
    if (node % 2n === 0n && node !== last) {
      root = hashNode(root, sibling);
      continue;
    }
    root = hashNode(sibling, root);
    for (; node % 2n === 0n && node !== 0n; node >>= 1n) last >>= 1n;
  }
  return { leaf, proof, root };
}
