// Reading cells of which some are left out. What is read here was hashed before: it is what the hash stands for.

import { Cell, CellType, type Slice } from "@ton/core";
import { CocoonError } from "@cocoon/protocol";

/** An account of megabytes is none of ours. */
const bocBytesMax = 1_048_576;

export function malformed(reason: string): CocoonError {
  return new CocoonError("account_proof_malformed", { reason });
}

export function invalid(reason: string): CocoonError {
  return new CocoonError("account_proof_invalid", { reason });
}

/** The root cells of a bag. Throws account_proof_malformed. */
export function readRoots(boc: Uint8Array): readonly Cell[] {
  if (boc.length > bocBytesMax) throw malformed("too large");
  try {
    return Cell.fromBoc(Buffer.from(boc));
  } catch {
    throw malformed("not a bag of cells");
  }
}

/** Reads the front of a cell. Throws account_proof_malformed when the proof leaves it out. */
export function open(cell: Cell | undefined): Slice {
  if (cell === undefined || cell.isExotic) throw malformed("a cell is left out");
  return cell.beginParse();
}

/**
 * What a Merkle proof is about: the cell below it, with branches left out. @ton/core has compared the hash that the
 * proof states with the cell's own when it read the bag.
 */
export function provenCell(proof: Cell): Cell {
  const [cell] = proof.refs;
  if (proof.type !== CellType.MerkleProof || cell === undefined) throw malformed("no Merkle proof");
  return cell;
}

/** Hash of the whole cell, lower-case hex, whatever of it is left out here. */
export function hashOf(cell: Cell): string {
  return cell.hash(0).toString("hex");
}

/** The bits of a key, from the first. */
export type Bits = (index: number) => 0 | 1;

export function bitsOf(bytes: Uint8Array): Bits {
  return (index) => (((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1 ? 1 : 0);
}
