import { equalBytes } from "../bytes/index.ts";
import { CocoonError, type ErrorCode } from "../errors/index.ts";
import { hashBytes, hashNode } from "./hash.ts";
import type { TreeHead } from "./tree.ts";

/** A leaf, and the hashes that lead from it to a tree's root. */
export type Inclusion = {
  /** Leaf hash, 32 bytes. */
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly head: TreeHead;
  readonly proof: readonly Uint8Array[];
};

/** Verifies that the leaf is in the tree (RFC 9162 section 2.1.3.2). Throws inclusion_invalid. */
export function verifyInclusion({ leaf, index, head, proof }: Inclusion): void {
  const refuse = refusal("inclusion_invalid");
  if (!isCount(index) || !isCount(head.size) || index >= head.size) refuse("index");
  if (leaf.length !== hashBytes || !areHashes(proof)) refuse("hash size");
  let path: Path = { node: index, last: head.size - 1 };
  let hash = leaf;
  for (const sibling of proof) {
    if (path.last === 0) refuse("proof too long");
    hash = isRightChild(path) ? hashNode(sibling, hash) : hashNode(hash, sibling);
    path = parentOf(path);
  }
  if (path.last !== 0) refuse("proof too short");
  if (!equalBytes(hash, head.root)) refuse("root");
}

/**
 * Verifies that the second tree begins with all leaves of the first (RFC 9162 section 2.1.4.2). Throws
 * checkpoint_inconsistent. An empty first tree is refused: it would prove nothing.
 */
export function verifyConsistency(
  first: TreeHead,
  second: TreeHead,
  proof: readonly Uint8Array[],
): void {
  const refuse = refusal("checkpoint_inconsistent");
  if (!isCount(first.size) || !isCount(second.size)) refuse("size");
  if (first.size === 0 || first.size > second.size) refuse("size");
  if (!areHashes(proof)) refuse("hash size");
  const roots = rootsOf(first, second.size, proof);
  if (!equalBytes(roots.first, first.root) || !equalBytes(roots.second, second.root)) {
    refuse("root");
  }
}

/** The roots of both trees, as far as the proof is right. */
function rootsOf(
  first: TreeHead,
  secondSize: number,
  proof: readonly Uint8Array[],
): { readonly first: Uint8Array; readonly second: Uint8Array } {
  const refuse = refusal("checkpoint_inconsistent");
  let path = lastCompletePath(first.size, secondSize);
  // A first tree that is one complete subtree of the second is not repeated in the proof.
  const [start, ...rest] = path.node === 0 ? [first.root, ...proof] : proof;
  if (start === undefined) return refuse("proof too short");
  let firstRoot = start;
  let secondRoot = start;
  for (const sibling of rest) {
    if (path.last === 0) refuse("proof too long");
    if (isRightChild(path)) {
      firstRoot = hashNode(sibling, firstRoot);
      secondRoot = hashNode(sibling, secondRoot);
    } else {
      secondRoot = hashNode(secondRoot, sibling);
    }
    path = parentOf(path);
  }
  if (path.last !== 0) refuse("proof too short");
  return { first: firstRoot, second: secondRoot };
}

/** Index of a node in its level, and of that level's last node: `fn` and `sn` of RFC 9162. */
type Path = { readonly node: number; readonly last: number };

/** Whether the next hash of the proof stands to the left: the node is a right child, or has no sibling on its right. */
function isRightChild({ node, last }: Path): boolean {
  return node % 2 === 1 || node === last;
}

/** One level up; from a last node without sibling, up to where it has one. Halves are exact beyond 32 bits. */
function parentOf(path: Path): Path {
  let next = path;
  if (path.node === path.last) while (next.node % 2 === 0 && next.node !== 0) next = halve(next);
  return halve(next);
}

/** The largest subtree that is complete in both trees and holds the last leaf of the first. */
function lastCompletePath(firstSize: number, secondSize: number): Path {
  if (firstSize === secondSize) return { node: 0, last: 0 };
  let path: Path = { node: firstSize - 1, last: secondSize - 1 };
  while (path.node % 2 === 1) path = halve(path);
  return path;
}

function halve({ node, last }: Path): Path {
  return { node: Math.floor(node / 2), last: Math.floor(last / 2) };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(proof: readonly Uint8Array[]): boolean {
  return proof.every((hash) => hash.length === hashBytes);
}

function refusal(code: ErrorCode): (reason: string) => never {
  return (reason) => {
    throw new CocoonError(code, { reason });
  };
}
