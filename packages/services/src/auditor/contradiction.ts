// From two trees that one log cannot both have had to what its bond's contract believes.

import { CocoonError, equalBytes, inclusionProof, type TreeHead } from "@cocoon/protocol";
import type { Contradiction, ProvenLeaf, SignedHead } from "@cocoon/contracts";
import type { LogMirror, SignedCheckpoint } from "./log-mirror.ts";
import type { TileReader } from "./tile-reader.ts";

/** A tree that the mirror does not contain. Without a signature it is the bond's newest anchor. */
export type Rival = TreeHead & { readonly signed?: SignedHead };

/** A checkpoint as a contract is shown it. */
export function signedHead({ size, root, signature }: SignedCheckpoint): SignedHead {
  return { kind: "checkpoint", size, root, signature };
}

/**
 * The proof that the log signed both the mirror's history and the rival. Undefined when no signed checkpoint of the
 * rival's size is at hand and nobody serves a leaf in which the two differ.
 */
export async function proveContradiction(
  mirror: LogMirror,
  rival: Rival,
  reader: TileReader | undefined,
): Promise<Contradiction | undefined> {
  const second = rival.signed === undefined ? {} : { second: rival.signed };
  const twin = mirror.rivalOf(rival);
  if (twin !== undefined) return { first: signedHead(twin), ...second };
  const own = mirror.covering(0);
  if (own === undefined || reader === undefined) return undefined;
  const difference = await unlessRefused(findDifference(mirror, own, rival, reader));
  return difference && { first: signedHead(own), ...second, difference };
}

async function findDifference(
  mirror: LogMirror,
  own: TreeHead,
  rival: TreeHead,
  reader: TileReader,
): Promise<Contradiction["difference"]> {
  const index = await firstDifference(mirror, rival, reader, Math.min(own.size, rival.size));
  if (index === undefined) return undefined;
  const first = provenLeafOf(mirror, index, own.size);
  const { leaf, proof } = await reader.provenLeaf(index, rival);
  return equalBytes(first.leaf, leaf) ? undefined : { index, first, second: { leaf, proof } };
}

/** A leaf of the mirror with its proof in the tree of a size. */
export function provenLeafOf(mirror: LogMirror, index: number, size: number): ProvenLeaf {
  const leaf = mirror.readNode(0, index);
  if (leaf === undefined) throw new RangeError("the mirror is shorter");
  return { leaf, proof: inclusionProof(index, size, mirror.readNode) };
}

/** The first leaf below the limit that differs, found from the tops of complete subtrees downward. */
async function firstDifference(
  mirror: LogMirror,
  rival: TreeHead,
  reader: TileReader,
  limit: number,
): Promise<number | undefined> {
  const isSame = async (level: number, index: number): Promise<boolean> => {
    const own = mirror.readNode(level, index);
    return own !== undefined && equalBytes(own, await reader.node(level, index, rival.size));
  };
  for (let start = 0; start < limit;) {
    let level = levelOf(limit - start);
    let index = start / 2 ** level;
    start += 2 ** level;
    if (await isSame(level, index)) continue;
    for (; level > 0; level -= 1) {
      index *= 2;
      if (await isSame(level - 1, index)) index += 1;
    }
    return index;
  }
  return undefined;
}

/** Of the largest complete subtree with at most so many leaves. */
function levelOf(leafCount: number): number {
  let level = 0;
  while (2 ** (level + 1) <= leafCount) level += 1;
  return level;
}

/** What cannot be read cannot be shown. */
async function unlessRefused<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof CocoonError) return undefined;
    throw error;
  }
}
