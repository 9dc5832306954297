// From an account's state up to a block of the masterchain, by hashes alone. Who vouches for that block is another
// question: docs/decisions/account-proofs.md.

import type { Cell } from "@ton/core";
import { CocoonError, fromHex, type RawAddress } from "@cocoon/protocol";
import {
  absentAccount,
  type AccountDescription,
  type TonAccount,
  readAccount,
} from "./ton-account.ts";
import { type ShardState, shardBlockHash, stateAfter } from "./block.ts";
import { type Bits, bitsOf, hashOf, invalid, malformed, open, readRoots } from "./cells.ts";
import { findLeaf } from "./dictionary.ts";

/** A block of the masterchain by its name. */
export type BlockId = {
  readonly seqno: number;
  /** Hash of the block's cell, lower-case hex of 32 bytes. */
  readonly rootHash: string;
  /** SHA-256 of the block's bag of cells, in the same form. */
  readonly fileHash: string;
};

/** What a liteserver answers to liteServer.getAccountState (lite_api.tl); bags of cells as they came. */
export type AccountProof = {
  /** Of the masterchain. */
  readonly block: BlockId;
  /** Merkle proofs of the masterchain's block and state. Not looked at for an account of the masterchain. */
  readonly shardProof: Uint8Array;
  /** Merkle proofs of the block and the state of the account's shard. */
  readonly proof: Uint8Array;
  /** The account, empty when there is none. */
  readonly state: Uint8Array;
};

/** An account as it was when a block of the masterchain was over. */
export type ProvenAccount = {
  readonly block: BlockId;
  /** When that block was made, Unix seconds by the block. */
  readonly atSeconds: number;
  readonly account: TonAccount;
};

const masterchain = -1;

/**
 * Verifies that an account is in this state, or that there is no such account, if the proof's block is one of this
 * network. Throws account_proof_malformed or account_proof_invalid, and nothing else.
 */
export function verifyAccountProof(
  proof: AccountProof,
  { networkId, address }: { readonly networkId: number; readonly address: RawAddress },
): ProvenAccount {
  try {
    return verify(proof, networkId, address);
  } catch (error) {
    if (error instanceof CocoonError) throw error;
    // A cell ended early, or holds what it should not.
    throw malformed("unreadable");
  }
}

function verify(proof: AccountProof, networkId: number, address: RawAddress): ProvenAccount {
  const [workchain, account] = placeOf(address);
  const { block } = proof;
  const accountProofs = readRoots(proof.proof);
  const isMasterchain = workchain === masterchain;
  const masterProofs = isMasterchain ? accountProofs : readRoots(proof.shardProof);
  const master = stateAfter(masterProofs, block.rootHash, networkId);
  if (master.workchain !== masterchain || master.seqno !== block.seqno) {
    throw invalid("another masterchain block");
  }
  const shard = isMasterchain
    ? master
    : stateAfter(accountProofs, shardBlockHash(master, workchain, account), networkId);
  if (shard.workchain !== workchain || !shard.covers(account)) throw invalid("another shard");
  return {
    block,
    atSeconds: master.atSeconds,
    account: accountIn(shard, { address, account, state: proof.state }),
  };
}

function placeOf(address: RawAddress): readonly [number, Bits] {
  const [workchain = "", hex = ""] = address.split(":");
  return [Number(workchain), bitsOf(fromHex(hex) ?? new Uint8Array())];
}

type Sought = {
  readonly address: RawAddress;
  readonly account: Bits;
  readonly state: Uint8Array;
};

/**
 * The accounts of a shard (block.tlb): HashmapAugE 256 ShardAccount DepthBalanceInfo, where each node also tells the sum
 * of the balances below.
 */
function accountIn(shard: ShardState, { address, account, state }: Sought): TonAccount {
  const root = open(shard.accounts).loadMaybeRef();
  const leaf = root === null ? undefined : findLeaf(root, 256, account);
  if (leaf === undefined) {
    if (state.length > 0) throw invalid("a state of an account that does not exist");
    return absentAccount;
  }
  // depth_balance$_ split_depth:(#<= 30) balance:CurrencyCollection
  leaf.skip(5).loadCoins();
  leaf.loadMaybeRef();
  // account_descr$_ account:^Account last_trans_hash:bits256 last_trans_lt:uint64
  const description: AccountDescription = {
    accountHash: hashOf(leaf.loadRef()),
    lastHash: leaf.loadBuffer(32).toString("hex"),
    lastLt: leaf.loadUintBig(64),
  };
  return readAccount(onlyRoot(state), address, description);
}

function onlyRoot(boc: Uint8Array): Cell | undefined {
  if (boc.length === 0) return undefined;
  const [root, ...others] = readRoots(boc);
  if (others.length > 0) throw malformed("more than one state");
  return root;
}
