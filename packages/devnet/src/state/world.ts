// The state of the whole chain, block by block, and what is proven of it.

import { Cell } from "@ton/core";
import { createHash } from "node:crypto";
import { AccountTree, type ChangedAccount } from "./account-tree.ts";
import { bagOf } from "./bag.ts";
import { merkleProof, type Outline, outlineOf } from "./merkle.ts";
import {
  blockCell,
  type BlockReference,
  type BlockTime,
  masterExtraCell,
  shardHashesCell,
  shardStateCell,
  shardTreeCell,
  type Workchain,
} from "./shard-state.ts";

/** What is known of a block of one workchain without its cells. Hashes are lower-case hex of 32 bytes. */
export type BlockName = {
  readonly rootHash: string;
  readonly fileHash: string;
  /** Of the state after it. */
  readonly stateHash: string;
  readonly stateDepth: number;
};

/** The same block in each workchain. */
export type BlockNames = { readonly master: BlockName; readonly shard: BlockName };

/** What liteServer.getAccountState answers of an account, less the block's name: bags of cells. */
export type StateProof = {
  /** Empty for an account of the masterchain. */
  readonly shardProof: Buffer;
  readonly proof: Buffer;
  /** Empty when there is no such account. */
  readonly state: Buffer;
};

/** What a new block brings. */
export type BlockContent = {
  /** All accounts that changed since the block before; for the first block that is sealed here, all accounts. */
  readonly changed: readonly (ChangedAccount & { readonly workchain: Workchain })[];
  /** Commits to the block's transactions: 32 bytes. */
  readonly seed: Buffer;
  readonly previous: (BlockNames & { readonly endLt: bigint }) | undefined;
};

/** One workchain after a block. */
type Side = {
  readonly block: Cell;
  readonly state: Cell;
  readonly tree: AccountTree;
  readonly fileHash: Buffer;
};

type Moment = { readonly master: Side; readonly shard: Side; readonly shardHashes: Cell };

/** How many blocks back accounts can be proven. */
const keptMax = 256;

/** The chain's state as cells. What an account's proof shows was true when its block was sealed. */
export class World {
  readonly #config: Cell;
  readonly #moments = new Map<number, Moment>();
  #shardTree = AccountTree.empty();
  #masterTree = AccountTree.empty();

  constructor(config: Cell) {
    this.#config = config;
  }

  /** Whether accounts of this block can be proven. */
  has(seqno: number): boolean {
    return this.#moments.has(seqno);
  }

  seal(time: BlockTime, { changed, seed, previous }: BlockContent): BlockNames {
    const { seqno } = time;
    const [masterBefore, shardBefore] = [
      priorOf(previous?.master, seqno - 1, previous?.endLt),
      priorOf(previous?.shard, seqno - 1, previous?.endLt),
    ];
    this.#shardTree = this.#shardTree.with(changed.filter(({ workchain }) => workchain === 0));
    this.#masterTree = this.#masterTree.with(changed.filter(({ workchain }) => workchain === -1));
    const shard = sideOf(this.#shardTree, {
      ...time,
      workchain: 0,
      seed,
      before: shardBefore,
      master: masterBefore.reference,
    });
    const shardHashes = shardHashesCell(shardTreeCell(referenceOf(shard, time), time));
    const total = this.#shardTree.balance + this.#masterTree.balance;
    const extra = masterExtraCell(shardHashes, this.#config, total);
    const parts = { ...time, workchain: -1, seed, before: masterBefore, extra } as const;
    const master = sideOf(this.#masterTree, parts);
    this.#moments.set(seqno, { master, shard, shardHashes });
    this.#moments.delete(seqno - keptMax);
    return { master: nameOf(master), shard: nameOf(shard) };
  }

  /** Proves an account, or that there is none, after a block; undefined when that block's state is not kept. */
  prove(seqno: number, workchain: Workchain, key: Buffer): StateProof | undefined {
    const moment = this.#moments.get(seqno);
    if (moment === undefined) return undefined;
    const side = workchain === 0 ? moment.shard : moment.master;
    const { cells, boc } = side.tree.path(key);
    const { state } = side;
    const stateProof = merkleProof(state, [state, state.refs[1], ...cells]);
    return {
      shardProof: workchain === 0 ? bagOf(shardProofs(moment)) : Buffer.alloc(0),
      proof: bagOf([blockProof(side), stateProof]),
      state: boc === undefined ? Buffer.alloc(0) : accountOf(boc).toBoc(),
    };
  }
}

function accountOf(boc: string): Cell {
  return Cell.fromBase64(boc).refs[0] ?? Cell.EMPTY;
}

/** The block and the state that a block continues. */
type Prior = { readonly reference: BlockReference; readonly state: Outline };

const emptyHash = Buffer.alloc(32);

function priorOf(name: BlockName | undefined, seqno: number, endLt = 0n): Prior {
  if (name === undefined) {
    const reference = { seqno, endLt, rootHash: emptyHash, fileHash: emptyHash };
    return { reference, state: outlineOf(Cell.EMPTY) };
  }
  const { rootHash, fileHash, stateHash, stateDepth } = name;
  return {
    reference: {
      seqno,
      endLt,
      rootHash: Buffer.from(rootHash, "hex"),
      fileHash: Buffer.from(fileHash, "hex"),
    },
    state: { hash: Buffer.from(stateHash, "hex"), depth: stateDepth },
  };
}

type SideParts = BlockTime & {
  readonly workchain: Workchain;
  readonly seed: Buffer;
  readonly before: Prior;
  readonly master?: BlockReference;
  readonly extra?: Cell;
};

function sideOf(tree: AccountTree, parts: SideParts): Side {
  const state = shardStateCell({ ...parts, accounts: tree.cell(), balance: tree.balance });
  const block = blockCell({
    ...parts,
    previous: parts.before.reference,
    stateBefore: parts.before.state,
    stateAfter: outlineOf(state),
  });
  const fileHash = createHash("sha256").update(block.toBoc()).digest();
  return { block, state, tree, fileHash };
}

function referenceOf({ block, fileHash }: Side, { seqno, endLt }: BlockTime): BlockReference {
  return { seqno, endLt, rootHash: block.hash(0), fileHash };
}

function nameOf({ block, state, fileHash }: Side): BlockName {
  return {
    rootHash: block.hash(0).toString("hex"),
    fileHash: fileHash.toString("hex"),
    stateHash: state.hash(0).toString("hex"),
    stateDepth: state.depth(0),
  };
}

/** Shows a block's header and the hash of the state that it leads to. */
function blockProof({ block }: Side): Cell {
  const [info, , update] = block.refs;
  return merkleProof(block, [block, info, ...(info?.refs ?? []), update]);
}

/** Shows the masterchain's block, and in its state the block of the shard. */
function shardProofs({ master, shardHashes }: Moment): readonly Cell[] {
  const { state } = master;
  const tree = shardHashes.refs[0];
  const kept = [state, state.refs[3], shardHashes, tree, ...(tree?.refs ?? [])];
  return [blockProof(master), merkleProof(state, kept)];
}
