// Proofs of RFC 9162 section 2.1, made from stored nodes: at most 54 hashes, deepest first.

import { assertSize, hashRange, type ReadNode, splitOf } from "./tree.ts";

/** That the leaf of this index is in the tree of this size: PATH(index, D[0:size]) of RFC 9162 section 2.1.3.1. */
export function inclusionProof(index: number, size: number, readNode: ReadNode): Uint8Array[] {
  assertSize(index);
  assertSize(size);
  if (index >= size) throw new RangeError("no such leaf");
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      proof.push(hashRange(middle, end, readNode));
      end = middle;
    } else {
      proof.push(hashRange(start, middle, readNode));
      start = middle;
    }
  }
  return proof.toReversed();
}

/**
 * That the tree of the second size only added leaves to the tree of the first: PROOF(first, D[0:second]) of
 * RFC 9162 section 2.1.4.1. Empty when the sizes are equal; from an empty tree there is nothing to prove.
 */
export function consistencyProof(first: number, second: number, readNode: ReadNode): Uint8Array[] {
  assertSize(first);
  assertSize(second);
  if (first === 0 || first > second) throw new RangeError("no proof between these sizes");
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = second;
  while (first < end) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      proof.push(hashRange(middle, end, readNode));
      end = middle;
    } else {
      proof.push(hashRange(start, middle, readNode));
      start = middle;
    }
  }
  // The verifier knows the hash of the first tree itself, but not that of its last part.
  if (start > 0) proof.push(hashRange(start, end, readNode));
  return proof.toReversed();
}
