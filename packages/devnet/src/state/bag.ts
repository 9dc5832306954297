// Bags of cells with several roots, which @ton/core reads and does not write.

import { BitBuilder, type Cell } from "@ton/core";

const magic = 0xb5ee9c72;
/** What follows the magic: neither index nor checksum, numbers of cells in two bytes, offsets in four. */
const format = Buffer.of(2, 4);

/**
 * Serializes cells with all that is below them, equal ones once (boc.tlb, serialized_boc). A cell comes before those that it
 * refers to:
 *
 *     magic      4
 *     format     2
 *     cells      2   how many
 *     roots      2   how many
 *     absent     2   0
 *     size       4   of the cells, in bytes
 *     root list  2 for each
 *     cells      each: descriptors 2, bits padded to bytes, 2 for each reference
 */
export function bagOf(roots: readonly Cell[]): Buffer {
  const cells = inOrder(roots);
  const numbers = new Map(cells.map((cell, number) => [nameOf(cell), number]));
  const numberOf = (cell: Cell): number => numbers.get(nameOf(cell)) ?? 0;
  const body = Buffer.concat(cells.map((cell) => serialized(cell, numberOf)));
  const head = Buffer.alloc(4 + 2 + 2 + 2 + 2 + 4);
  head.writeUInt32BE(magic, 0);
  format.copy(head, 4);
  head.writeUInt16BE(cells.length, 6);
  head.writeUInt16BE(roots.length, 8);
  head.writeUInt32BE(body.length, 12);
  return Buffer.concat([head, numbersOf(roots, numberOf), body]);
}

/** All cells, each before those that it refers to. */
function inOrder(roots: readonly Cell[]): readonly Cell[] {
  const reached = new Map<string, Cell>();
  const visit = (cell: Cell): void => {
    const name = nameOf(cell);
    if (reached.has(name)) return;
    for (const ref of cell.refs.toReversed()) visit(ref);
    reached.set(name, cell);
  };
  for (const root of roots.toReversed()) visit(root);
  return [...reached.values()].toReversed();
}

/** A pruned branch and what it stands for have the same hash at level 0, but not here. */
function nameOf(cell: Cell): string {
  return cell.hash().toString("hex");
}

function serialized(cell: Cell, numberOf: (cell: Cell) => number): Buffer {
  const { bits, refs } = cell;
  const bytes = Math.ceil(bits.length / 8);
  const descriptors = Buffer.of(
    refs.length + (cell.isExotic ? 8 : 0) + 32 * cell.mask.value,
    bytes + Math.floor(bits.length / 8),
  );
  const padded = new BitBuilder(8 * bytes);
  padded.writeBits(bits);
  if (bits.length % 8 > 0) {
    padded.writeBit(1);
    padded.writeUint(0, 8 * bytes - bits.length - 1);
  }
  return Buffer.concat([descriptors, padded.buffer(), numbersOf(refs, numberOf)]);
}

function numbersOf(cells: readonly Cell[], numberOf: (cell: Cell) => number): Buffer {
  const numbers = Buffer.alloc(2 * cells.length);
  for (const [index, cell] of cells.entries()) numbers.writeUInt16BE(numberOf(cell), 2 * index);
  return numbers;
}
