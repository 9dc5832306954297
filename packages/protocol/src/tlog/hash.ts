// Hashes of a Merkle tree as in RFC 6962 section 2.1, which RFC 9162 section 2.1 keeps. All are 32 bytes.

import { primitives } from "../primitives/index.ts";

/** Size of every hash of the tree. */
export const hashBytes = 32;

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** The root of a tree without leaves. */
export const emptyRoot: Uint8Array = primitives.sha256();

/** SHA-256(0x00 || entry). The prefixes keep an entry from passing for an inner node. */
export function hashLeaf(entry: Uint8Array): Uint8Array {
  return primitives.sha256(leafPrefix, entry);
}

/** SHA-256(0x01 || left || right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return primitives.sha256(nodePrefix, left, right);
}
