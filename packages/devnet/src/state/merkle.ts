// Cells of which parts are left out (exotic cells, TON whitepaper section 3.1).

import { beginCell, type Cell, CellType } from "@ton/core";

/** Stands for a cell that is left out: pruned_branch 01, level mask 01, hash, depth. */
export function prunedBranch(cell: Cell): Cell {
  return cell.type === CellType.PrunedBranch ? cell : branchOf(outlineOf(cell));
}

function branchOf({ hash, depth }: Outline): Cell {
  return beginCell()
    .storeUint(1, 8)
    .storeUint(1, 8)
    .storeBuffer(hash)
    .storeUint(depth, 16)
    .endCell({ exotic: true });
}

/** All that is told of a cell which is left out. */
export type Outline = { readonly hash: Buffer; readonly depth: number };

export function outlineOf(cell: Cell): Outline {
  return { hash: cell.hash(0), depth: cell.depth(0) };
}

/** What a change leads from and to, both left out: merkle_update 04, hashes, depths. */
export function merkleUpdate(before: Outline, after: Outline): Cell {
  return beginCell()
    .storeUint(4, 8)
    .storeBuffer(before.hash)
    .storeBuffer(after.hash)
    .storeUint(before.depth, 16)
    .storeUint(after.depth, 16)
    .storeRef(branchOf(before))
    .storeRef(branchOf(after))
    .endCell({ exotic: true });
}

/** Proves the cells to keep, all of them reached from the root through others to keep: merkle_proof 03, hash, depth. */
export function merkleProof(root: Cell, kept: readonly (Cell | undefined)[]): Cell {
  const names = new Set(kept.map((cell) => cell && nameOf(cell)));
  const shown = withoutOthers(root, names);
  return beginCell()
    .storeUint(3, 8)
    .storeBuffer(root.hash(0))
    .storeUint(root.depth(0), 16)
    .storeRef(shown)
    .endCell({ exotic: true });
}

function nameOf(cell: Cell): string {
  return cell.hash(0).toString("hex");
}

function withoutOthers(cell: Cell, kept: ReadonlySet<string | undefined>): Cell {
  if (!kept.has(nameOf(cell))) return prunedBranch(cell);
  if (cell.isExotic) return cell;
  const builder = beginCell().storeBits(cell.bits);
  for (const ref of cell.refs) builder.storeRef(withoutOthers(ref, kept));
  return builder.endCell();
}
