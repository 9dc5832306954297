// Sets of Ed25519 keys of which a number must sign: tolk/quorum.tolk.

import { beginCell, type Builder, type Cell, type Slice } from "@ton/core";
import { equalBytes, fromHex, type SigningKey, toHex } from "@cocoon/protocol";
import { storeFixed, storeHash } from "./cells.ts";

/** Keys, and how many of them must sign. A set without keys has the threshold 0, and nobody can sign for it. */
export type KeySet = {
  /** Ed25519, lower-case hex of 32 bytes, at most ten, none twice. A set read from the chain has them in ascending order. */
  readonly keys: readonly string[];
  readonly threshold: number;
};

/** More than ten signatures in one transaction are dear. */
export const keySetKeysMax = 10;

/** A signature by one key of a set. */
export type KeySignature = {
  /** Of the key among the set's keys in ascending order, from 0. */
  readonly index: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
};

/** Stores a set. Malformed keys, the same key twice, or a threshold that cannot be met are bugs of the caller. */
export function storeKeySet({ keys, threshold }: KeySet): (builder: Builder) => void {
  const isThreshold = keys.length === 0 ? threshold === 0 : threshold >= 1;
  if (!isThreshold || threshold > keys.length || keys.length > keySetKeysMax) {
    throw new RangeError(`${threshold} of ${keys.length} keys`);
  }
  if (new Set(keys).size !== keys.length) throw new RangeError("the same key twice");
  const chain = chainOf(keys.toSorted().map(storeHash));
  return (builder) => {
    builder.storeUint(threshold, 8).storeMaybeRef(chain ?? null);
  };
}

/** Reads a set. Throws any Error when it is none that the contract would take. */
export function loadKeySet(slice: Slice): KeySet {
  const threshold = slice.loadUint(8);
  const keys: string[] = [];
  for (let next = slice.loadMaybeRef(); next !== null;) {
    if (keys.length === keySetKeysMax) throw new RangeError("too many keys");
    const node = next.beginParse();
    keys.push(toHex(node.loadBuffer(32)));
    next = node.loadMaybeRef();
    node.endParse();
  }
  return { keys, threshold };
}

/** Signs a digest with some of a set's keys. A signer that is not in the set is a bug of the caller. */
export function signForKeySet(
  { keys }: Pick<KeySet, "keys">,
  digest: Uint8Array,
  signers: readonly SigningKey[],
): readonly KeySignature[] {
  const ordered = keys.toSorted().map((key) => fromHex(key) ?? new Uint8Array());
  const signatures = signers.map((signer) => {
    const index = ordered.findIndex((key) => equalBytes(key, signer.publicKey));
    if (index < 0) throw new RangeError("the signer's key is not in the set");
    return { index, signature: signer.sign(digest) };
  });
  return signatures.toSorted((left, right) => left.index - right.index);
}

/** Stores signatures in the order given; the contract takes them only in the order of the keys. */
export function storeSignatures(signatures: readonly KeySignature[]): (builder: Builder) => void {
  const chain = chainOf(
    signatures.map(({ index, signature }) => (builder: Builder) => {
      builder.storeUint(index, 8).store(storeFixed(signature, 64));
    }),
  );
  return (builder) => {
    builder.storeMaybeRef(chain ?? null);
  };
}

/** One cell for each, the first outermost. */
function chainOf(nodes: readonly ((builder: Builder) => void)[]): Cell | undefined {
  let chain: Cell | undefined;
  for (const node of nodes.toReversed()) {
    chain = beginCell()
      .store(node)
      .storeMaybeRef(chain ?? null)
      .endCell();
  }
  return chain;
}
