// One entry of a dictionary, or the certainty that there is none.

import type { Cell, Slice } from "@ton/core";
import { type Bits, malformed, open } from "./cells.ts";

/**
 * Finds the leaf of a key in a dictionary (block.tlb, Hashmap and HashmapAug), or undefined when there is none: then the
 * place where it would be is read, and another key is there. Throws account_proof_malformed when that place is left out.
 */
export function findLeaf(root: Cell, keyBits: number, key: Bits): Slice | undefined {
  let node = root;
  for (let at = 0; ;) {
    const slice = open(node);
    const { length, matches } = readLabel(slice, keyBits - at, (index) => key(at + index));
    if (!matches) return undefined;
    at += length;
    if (at === keyBits) return slice;
    // The branches come before whatever else a fork refers to.
    const branch = node.refs[key(at)];
    if (branch === undefined) throw malformed("a fork without branches");
    node = branch;
    at += 1;
  }
}

/**
 * Reads the part of the key that a node stands for, out of at most so many bits:
 *
 *     hml_short  0   length in unary, bits
 *     hml_long   10  length, bits
 *     hml_same   11  one bit, length: that bit so many times
 *
 * A length that is not in unary has as many bits as the maximum needs.
 */
function readLabel(
  slice: Slice,
  lengthMax: number,
  key: Bits,
): { readonly length: number; readonly matches: boolean } {
  const lengthBits = 32 - Math.clz32(lengthMax);
  let same: boolean | undefined;
  let length = 0;
  if (!slice.loadBit()) {
    while (slice.loadBit()) length += 1;
  } else {
    if (slice.loadBit()) same = slice.loadBit();
    length = slice.loadUint(lengthBits);
  }
  if (length > lengthMax) throw malformed("a label beyond the key");
  let matches = true;
  for (let index = 0; index < length; index += 1) {
    const bit = same ?? slice.loadBit();
    if ((bit ? 1 : 0) !== key(index)) matches = false;
  }
  return { length, matches };
}
