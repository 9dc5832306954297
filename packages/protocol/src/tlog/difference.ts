// Where two logs part: what a proof that they contradict each other is made of.

import { equalBytes } from "../bytes/index.ts";
import { assertSize, type ReadNode } from "./tree.ts";

/** A log's stored nodes, up to a size. */
export type StoredTree = { readonly size: number; readonly readNode: ReadNode };

/**
 * The first index that both trees have and at which their leaves differ; undefined when one begins with the other.
 * It compares stored nodes from the top down, so it reads two for each level. A node that is missing is a RangeError.
 */
export function firstDifference(one: StoredTree, other: StoredTree): number | undefined {
  const shared = Math.min(one.size, other.size);
  assertSize(shared);
  for (let start = 0; start < shared;) {
    let level = Math.floor(Math.log2(shared - start));
    if (2 ** level > shared - start) level -= 1;
    if (differs(one, other, level, start / 2 ** level)) return descend(one, other, level, start);
    start += 2 ** level;
  }
  return undefined;
}

/** The first leaf that differs below a node that does; start is that node's first leaf. */
function descend(one: StoredTree, other: StoredTree, level: number, start: number): number {
  if (level === 0) return start;
  const half = 2 ** (level - 1);
  const isInLeft = differs(one, other, level - 1, start / half);
  return descend(one, other, level - 1, isInLeft ? start : start + half);
}

function differs(one: StoredTree, other: StoredTree, level: number, index: number): boolean {
  const [mine, theirs] = [one.readNode(level, index), other.readNode(level, index)];
  if (mine === undefined || theirs === undefined) {
    throw new RangeError(`no node ${index} of level ${level}`);
  }
  return !equalBytes(mine, theirs);
}
