// States and blocks of shards as TON lays them out (block.tlb of ton-blockchain/ton). What no proof of an account needs is
// empty: queues, flows of money, lists of messages and transactions, validators.

import { beginCell, type Builder, type Cell } from "@ton/core";
import { merkleUpdate, type Outline } from "./merkle.ts";

export type Workchain = -1 | 0;

/** A block by its name, as the next block and the other workchain refer to it. */
export type BlockReference = {
  readonly seqno: number;
  readonly endLt: bigint;
  /** 32 bytes, as the next. */
  readonly rootHash: Buffer;
  readonly fileHash: Buffer;
};

/** When a block was made, and what it is part of. */
export type BlockTime = {
  readonly networkId: number;
  readonly seqno: number;
  /** Unix seconds. */
  readonly utime: number;
  readonly startLt: bigint;
  readonly endLt: bigint;
};

export type StateParts = BlockTime & {
  readonly workchain: Workchain;
  /** HashmapAugE of accounts, and what they hold in all. */
  readonly accounts: Cell;
  readonly balance: bigint;
  /** The masterchain block that this state knows; of a shard alone. */
  readonly master?: BlockReference;
  /** McStateExtra; of the masterchain alone. */
  readonly extra?: Cell;
};

/** The whole of each workchain is one shard. */
const wholeShard = 1n << 63n;

/** shard_state#9023afe2 */
export function shardStateCell(parts: StateParts): Cell {
  const { networkId, workchain, seqno, utime, endLt, accounts, balance, master, extra } = parts;
  const totals = beginCell()
    .storeUint(0n, 64)
    .storeUint(0n, 64)
    .store(storeCurrency(balance))
    .store(storeCurrency(0n))
    .storeBit(false)
    .storeBit(master !== undefined);
  if (master !== undefined) totals.store(storeReference(master));
  return beginCell()
    .storeUint(0x9023afe2, 32)
    .storeInt(networkId, 32)
    .store(storeShard(workchain))
    .storeUint(seqno, 32)
    .storeUint(0, 32)
    .storeUint(utime, 32)
    .storeUint(endLt, 64)
    .storeUint(seqno - 1, 32)
    .storeRef(emptyQueues)
    .storeBit(false)
    .storeRef(accounts)
    .storeRef(totals)
    .storeMaybeRef(extra ?? null)
    .endCell();
}

/** What the masterchain knows of the one shard of the basechain: shard_descr_new#a, in a tree of one leaf. */
export function shardTreeCell(block: BlockReference, { utime, startLt }: BlockTime): Cell {
  const money = beginCell().store(storeCurrency(0n)).store(storeCurrency(0n));
  return beginCell()
    .storeBit(false)
    .storeUint(0xa, 4)
    .storeUint(block.seqno, 32)
    .storeUint(block.seqno, 32)
    .storeUint(startLt, 64)
    .storeUint(block.endLt, 64)
    .storeBuffer(block.rootHash)
    .storeBuffer(block.fileHash)
    .storeUint(0, 5 + 3)
    .storeUint(0, 32)
    .storeUint(wholeShard, 64)
    .storeUint(block.seqno - 1, 32)
    .storeUint(utime, 32)
    .storeBit(false)
    .storeRef(money)
    .endCell();
}

/** The dictionary of workchains: one entry, whose key 0 is a label of 32 equal bits. */
export function shardHashesCell(tree: Cell): Cell {
  return beginCell().storeUint(3, 2).storeBit(false).storeUint(32, 6).storeRef(tree).endCell();
}

/** masterchain_state_extra#cc26 */
export function masterExtraCell(shardHashes: Cell, config: Cell, balance: bigint): Cell {
  return beginCell()
    .storeUint(0xcc26, 16)
    .storeMaybeRef(shardHashes)
    .storeBuffer(Buffer.alloc(32, 0x55))
    .storeRef(config)
    .storeRef(noValidators)
    .store(storeCurrency(balance))
    .endCell();
}

export type BlockParts = BlockTime & {
  readonly workchain: Workchain;
  readonly previous: BlockReference;
  readonly master?: BlockReference;
  readonly stateBefore: Outline;
  readonly stateAfter: Outline;
  /** Commits to the transactions, whose own list is empty. 32 bytes. */
  readonly seed: Buffer;
};

/** block#11ef55aa */
export function blockCell(parts: BlockParts): Cell {
  return beginCell()
    .storeUint(0x11ef55aa, 32)
    .storeInt(parts.networkId, 32)
    .storeRef(blockInfoCell(parts))
    .storeRef(noValueFlow)
    .storeRef(merkleUpdate(parts.stateBefore, parts.stateAfter))
    .storeRef(blockExtraCell(parts.seed))
    .endCell();
}

/** block_info#9bc7a987 */
function blockInfoCell(parts: BlockParts): Cell {
  const { workchain, previous, master, seqno, utime, startLt, endLt } = parts;
  const builder = beginCell()
    .storeUint(0x9bc7a987, 32)
    .storeUint(0, 32)
    .storeBit(master !== undefined)
    .storeUint(0, 7)
    .storeUint(0, 8)
    .storeUint(seqno, 32)
    .storeUint(0, 32)
    .store(storeShard(workchain))
    .storeUint(utime, 32)
    .storeUint(startLt, 64)
    .storeUint(endLt, 64)
    .storeUint(0, 32)
    .storeUint(0, 32)
    .storeUint(seqno - 1, 32)
    .storeUint(0, 32);
  if (master !== undefined) builder.storeRef(beginCell().store(storeReference(master)));
  return builder.storeRef(beginCell().store(storeReference(previous))).endCell();
}

/** block_extra#4a33f6fd */
function blockExtraCell(seed: Buffer): Cell {
  return beginCell()
    .storeUint(0x4a33f6fd, 32)
    .storeRef(noImports)
    .storeRef(noEntries)
    .storeRef(noEntries)
    .storeBuffer(seed)
    .storeBuffer(Buffer.alloc(32))
    .storeBit(false)
    .endCell();
}

/** shard_ident$00 shard_pfx_bits:(#<= 60) workchain_id:int32 shard_prefix:uint64 */
function storeShard(workchain: Workchain): (builder: Builder) => void {
  return (builder) => {
    builder.storeUint(0, 2).storeUint(0, 6).storeInt(workchain, 32).storeUint(0n, 64);
  };
}

/** ext_blk_ref$_ end_lt:uint64 seq_no:uint32 root_hash:bits256 file_hash:bits256 */
function storeReference(block: BlockReference): (builder: Builder) => void {
  return (builder) => {
    builder
      .storeUint(block.endLt, 64)
      .storeUint(block.seqno, 32)
      .storeBuffer(block.rootHash)
      .storeBuffer(block.fileHash);
  };
}

/** currencies$_ grams:Grams other:ExtraCurrencyCollection */
function storeCurrency(coins: bigint): (builder: Builder) => void {
  return (builder) => {
    builder.storeCoins(coins).storeBit(false);
  };
}

/** OutMsgQueueInfo: no messages wait, none were processed. */
const emptyQueues = beginCell()
  .storeUint(0, 1 + 64 + 1 + 1)
  .endCell();

/** flags, ValidatorInfo, OldMcBlocksInfo, after_key_block, last_key_block of McStateExtra. */
const noValidators = beginCell()
  .storeUint(0, 16)
  .storeUint(0, 32 + 32 + 1)
  .storeUint(0, 1 + 1 + 64)
  .storeUint(0, 1 + 1)
  .endCell();

const noFlow = beginCell()
  .store(storeCurrency(0n))
  .store(storeCurrency(0n))
  .store(storeCurrency(0n))
  .store(storeCurrency(0n))
  .endCell();

/** value_flow#b8e48dfb */
const noValueFlow = beginCell()
  .storeUint(0xb8e48dfb, 32)
  .storeRef(noFlow)
  .store(storeCurrency(0n))
  .storeRef(noFlow)
  .endCell();

/** InMsgDescr: an empty dictionary whose sum is ImportFees. */
const noImports = beginCell().storeBit(false).storeCoins(0n).store(storeCurrency(0n)).endCell();

/** OutMsgDescr and ShardAccountBlocks: empty dictionaries whose sum is money. */
const noEntries = beginCell().storeBit(false).store(storeCurrency(0n)).endCell();
