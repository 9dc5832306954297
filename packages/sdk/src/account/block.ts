// Blocks and states of shards, as far as an account's proof needs them (block.tlb of ton-blockchain/ton).

import { type Cell, CellType, type Slice } from "@ton/core";
import { type Bits, bitsOf, hashOf, invalid, malformed, open, provenCell } from "./cells.ts";
import { findLeaf } from "./dictionary.ts";

const blockTag = 0x11ef55aa;
const shardStateTag = 0x9023afe2;
const mcStateExtraTag = 0xcc26;
const shardDescriptorTags = new Set([0xa, 0xb]);

/** What holds of a shard when a block of it is over. */
export type ShardState = {
  readonly workchain: number;
  readonly seqno: number;
  /** Unix seconds by the block. */
  readonly atSeconds: number;
  /** HashmapAugE of accounts. */
  readonly accounts: Cell;
  /** McStateExtra; of the masterchain alone. */
  readonly extra: Cell | undefined;
  /** Whether accounts with this id are in this shard. */
  readonly covers: (account: Bits) => boolean;
};

/**
 * The state after a block of this root hash, from two Merkle proofs in any order: one of the block, one of the state.
 * Throws account_proof_invalid when one of them is of something else, or of another network.
 */
export function stateAfter(
  proofs: readonly Cell[],
  blockHash: string,
  networkId: number,
): ShardState {
  if (proofs.length !== 2) throw malformed("not two Merkle proofs");
  const cells = proofs.map(provenCell);
  const block = cells.find((cell) => hashOf(cell) === blockHash);
  const state = cells.find((cell) => cell !== block);
  if (block === undefined || state === undefined) throw invalid("another block");
  if (hashOf(state) !== stateHashOf(block)) throw invalid("another state than the block's");
  return readShardState(state, networkId);
}

/**
 * The hash of the state that a block leads to:
 *
 *     block#11ef55aa global_id:int32 info:^BlockInfo value_flow:^ValueFlow
 *       state_update:^(MERKLE_UPDATE ShardState) extra:^BlockExtra = Block;
 *
 * A Merkle update is the byte 4, the old hash, the new hash and their depths.
 */
function stateHashOf(block: Cell): string {
  if (open(block).loadUint(32) !== blockTag) throw malformed("not a block");
  const update = block.refs[2];
  if (update?.type !== CellType.MerkleUpdate) throw malformed("no state update");
  return update
    .beginParse(true)
    .skip(8 + 256)
    .loadBuffer(32)
    .toString("hex");
}

/**
 *     shard_state#9023afe2 global_id:int32 shard_id:ShardIdent seq_no:uint32 vert_seq_no:#
 *       gen_utime:uint32 gen_lt:uint64 min_ref_mc_seqno:uint32 out_msg_queue_info:^OutMsgQueueInfo
 *       before_split:(## 1) accounts:^ShardAccounts ^[ ... ] custom:(Maybe ^McStateExtra)
 *     shard_ident$00 shard_pfx_bits:(#<= 60) workchain_id:int32 shard_prefix:uint64
 */
function readShardState(cell: Cell, networkId: number): ShardState {
  const slice = open(cell);
  if (slice.loadUint(32) !== shardStateTag) throw malformed("not a shard's state");
  if (slice.loadInt(32) !== networkId) throw invalid("another network");
  const prefixBits = slice.skip(2).loadUint(6);
  const workchain = slice.loadInt(32);
  const prefix = bitsOf(slice.loadBuffer(8));
  const seqno = slice.loadUint(32);
  const atSeconds = slice.skip(32).loadUint(32);
  slice.skip(64 + 32 + 1).loadRef();
  const accounts = slice.loadRef();
  slice.loadRef();
  const extra = slice.loadMaybeRef() ?? undefined;
  const covers = (account: Bits): boolean =>
    Array.from({ length: prefixBits }, (_, index) => prefix(index) === account(index)).every(
      Boolean,
    );
  return { workchain, seqno, atSeconds, accounts, extra, covers };
}

/**
 * Root hash of the newest block of the shard that an account is in, as the masterchain knows it:
 *
 *     masterchain_state_extra#cc26 shard_hashes:(HashmapE 32 ^(BinTree ShardDescr)) ...
 *     shard_descr#b (or #a) seq_no:uint32 reg_mc_seqno:uint32 start_lt:uint64 end_lt:uint64
 *       root_hash:bits256 file_hash:bits256 ...
 */
export function shardBlockHash({ extra }: ShardState, workchain: number, account: Bits): string {
  const slice = open(extra);
  if (slice.loadUint(16) !== mcStateExtraTag) throw malformed("not the masterchain's state");
  const shards = slice.loadMaybeRef();
  const key = Buffer.alloc(4);
  key.writeInt32BE(workchain);
  const tree = shards === null ? undefined : findLeaf(shards, 32, bitsOf(key));
  if (tree === undefined) throw invalid("no such workchain");
  const shard = findShard(tree.loadRef(), account);
  if (!shardDescriptorTags.has(shard.loadUint(4))) throw malformed("not a shard's description");
  return shard
    .skip(32 + 32 + 64 + 64)
    .loadBuffer(32)
    .toString("hex");
}

/** A shard is divided by the next bit of its accounts' ids: bt_fork$1 left:^ right:^, bt_leaf$0 leaf. */
function findShard(tree: Cell, account: Bits): Slice {
  let node = tree;
  for (let depth = 0; ; depth += 1) {
    const slice = open(node);
    if (!slice.loadBit()) return slice;
    const branch = node.refs[account(depth)];
    if (branch === undefined) throw malformed("a fork without branches");
    node = branch;
  }
}
