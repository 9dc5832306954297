import { type Block, blockId, type Ledger } from "../ledger/index.ts";
import { type Params, refuse } from "./params.ts";
import { base64OfHex, blockIdExt, type Json, shardName } from "./shapes.ts";

/** Transactions of a block in one answer: more than a wallet can send at once. */
const countDefault = 256;
const countMax = 10_000;
/** What a short transaction id carries: account, logical time and hash (liteServer.transactionId). */
const shortIdMode = 135;

export function getMasterchainInfo(ledger: Ledger): Json {
  const [first = ledger.lastBlock] = ledger.history.blocks;
  return {
    "@type": "blocks.masterchainInfo",
    last: blockIdExt(blockId(ledger.lastBlock, -1)),
    state_root_hash: base64OfHex(ledger.lastBlock.master.stateHash),
    init: blockIdExt(blockId(first, -1)),
  };
}

export function getConsensusBlock(ledger: Ledger): Json {
  return {
    "@type": "ext.blocks.consensusBlock",
    consensus_block: ledger.lastBlock.seqno,
    timestamp: ledger.nowSeconds(),
  };
}

export function shards(ledger: Ledger, params: Params): Json | undefined {
  const block = blockOf(ledger, params);
  return block && { "@type": "blocks.shards", shards: [blockIdExt(blockId(block, 0))] };
}

export function lookupBlock(ledger: Ledger, params: Params): Json | undefined {
  const workchain = workchainOf(params);
  const block = findBlock(ledger, params);
  return block && blockIdExt(blockId(block, workchain));
}

export function getBlockHeader(ledger: Ledger, params: Params): Json | undefined {
  const workchain = workchainOf(params);
  const block = blockOf(ledger, params);
  if (block === undefined) return undefined;
  const previous = ledger.history.blocks[block.seqno - 2];
  return {
    "@type": "blocks.header",
    id: blockIdExt(blockId(block, workchain)),
    global_id: ledger.networkId,
    version: 0,
    after_merge: false,
    after_split: false,
    before_split: false,
    want_merge: false,
    want_split: false,
    validator_list_hash_short: 0,
    catchain_seqno: 0,
    min_ref_mc_seqno: Math.max(block.seqno - 1, 1),
    is_key_block: block.seqno === 1,
    prev_key_block_seqno: 1,
    start_lt: block.startLt.toString(),
    end_lt: block.endLt.toString(),
    gen_utime: block.utime,
    prev_blocks: previous === undefined ? [] : [blockIdExt(blockId(previous, workchain))],
  };
}

export function getBlockTransactions(ledger: Ledger, params: Params): Json | undefined {
  const workchain = workchainOf(params);
  const count = params.count("count", countDefault, countMax);
  const afterLt = params.bigint("after_lt") ?? 0n;
  const block = blockOf(ledger, params);
  if (block === undefined) return undefined;
  const rows = ledger.history
    .rowsOf(block)
    .filter(({ account, lt }) => account.startsWith(`${workchain}:`) && lt > afterLt);
  return {
    "@type": "blocks.transactions",
    id: blockIdExt(blockId(block, workchain)),
    req_count: count,
    incomplete: rows.length > count,
    transactions: rows.slice(0, count).map(({ account, lt, hash }) => ({
      "@type": "blocks.shortTxId",
      mode: shortIdMode,
      account,
      lt: lt.toString(),
      hash: base64OfHex(hash),
    })),
  };
}

function blockOf(ledger: Ledger, params: Params): Block | undefined {
  return ledger.history.blocks[params.integer("seqno") - 1];
}

function findBlock(ledger: Ledger, params: Params): Block | undefined {
  if (params.has("seqno")) return blockOf(ledger, params);
  const lt = params.bigint("lt");
  if (lt !== undefined) return ledger.history.blockAtLt(lt);
  return ledger.history.blockAtTime(params.integer("unixtime"));
}

/**
 * The workchain asked for, whose one shard may be written as a signed number, in hexadecimal, or as a JSON
 * number, which has lost its last digits.
 */
function workchainOf(params: Params): -1 | 0 {
  const workchain = params.integer("workchain");
  if (workchain !== 0 && workchain !== -1) throw refuse("workchain");
  const shard = params.unknown("shard") ?? shardName;
  const isKnown = shard === "8000000000000000" || Number(shard) === Number(shardName);
  if (!isKnown) throw refuse("shard");
  return workchain;
}
