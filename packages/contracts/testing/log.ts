// A receipt log in memory, with all that its key may sign.

import {
  formatCheckpoint,
  hashLeaf,
  inclusionProof,
  logOrigin,
  MerkleTree,
  type RawAddress,
  signPromise,
  type SigningKey,
  utf8,
} from "@cocoon/protocol";
import type { ProvenLeaf, SignedHead } from "../src/index.ts";
import { anchorDigestOf } from "./anchor.ts";
import { testNetworkId } from "./prices.ts";

export type TestLog = {
  root(size: number): Uint8Array;
  leaf(index: number): Uint8Array;
  proven(index: number, size: number): ProvenLeaf;
  checkpoint(size: number): SignedHead;
  anchor(size: number, timestampSeconds: number): SignedHead & { readonly kind: "anchor" };
  promise(index: number, timestampMs: number): Uint8Array;
};

export type TestLogOptions = {
  readonly key: SigningKey;
  readonly bond: RawAddress;
  readonly size: number;
  /** Leaves from this index on are other ones than every log has that does not say so. */
  readonly forkedAt?: number;
  /** The devnet of tests unless said otherwise. */
  readonly networkId?: number;
};

export function createTestLog({
  key,
  bond,
  size,
  forkedAt = Infinity,
  networkId = testNetworkId,
}: TestLogOptions): TestLog {
  const nodes = new Map<string, Uint8Array>();
  const roots = [MerkleTree.empty.root()];
  let tree = MerkleTree.empty;
  for (let index = 0; index < size; index += 1) {
    const grown = tree.append(hashLeaf(utf8(`${index < forkedAt ? "leaf" : "fork"} ${index}`)));
    for (const node of grown.nodes) nodes.set(`${node.level} ${node.index}`, node.hash);
    tree = grown.tree;
    roots.push(tree.root());
  }
  const origin = logOrigin(networkId, bond);
  const readNode = (level: number, index: number): Uint8Array | undefined =>
    nodes.get(`${level} ${index}`);
  const root = (at: number): Uint8Array => present(roots[at]);
  const leaf = (index: number): Uint8Array => present(readNode(0, index));
  return {
    root,
    leaf,
    proven: (index, at) => ({ leaf: leaf(index), proof: inclusionProof(index, at, readNode) }),
    checkpoint: (at) => {
      const text = formatCheckpoint({ origin, size: at, root: root(at) });
      return { kind: "checkpoint", size: at, root: root(at), signature: key.sign(utf8(text)) };
    },
    anchor: (at, timestampSeconds) => {
      const anchored = { treeSize: at, root: root(at), timestampSeconds };
      const signature = key.sign(anchorDigestOf(networkId, bond, anchored));
      return { kind: "anchor", size: at, root: root(at), timestampSeconds, signature };
    },
    promise: (index, timestampMs) =>
      signPromise(key, { leafHash: leaf(index), index, timestampMs }),
  };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError("the log is shorter");
  return value;
}
