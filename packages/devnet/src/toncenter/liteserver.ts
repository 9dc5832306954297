// What a liteserver answers, in the form that TonAPI gives it over HTTP (github.com/tonkeeper/opentonapi, "Lite Server"):
// toncenter has no account proofs. Hashes and bags of cells are hexadecimal here.

import { blockId, type BlockId, type Ledger } from "../ledger/index.ts";
import type { Method } from "./methods.ts";
import { type Params, refuse } from "./params.ts";
import type { Json } from "./shapes.ts";

/** By what follows /v2/liteserver/; what comes after that in the path is the parameter `account_id`. */
export const liteserverMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["get_account_state", getAccountState],
  ["get_masterchain_info", getMasterchainInfo],
]);

/** liteServer.getAccountState. Seals what is open, so that the proof is of what everybody is shown. */
function getAccountState(ledger: Ledger, params: Params): Json {
  const address = params.address("account_id");
  const { block, shardProof, proof, state } = ledger.proveAccount(address, targetBlock(params));
  return {
    id: blockRaw(blockId(block, -1)),
    shardblk: blockRaw(blockId(block, address.startsWith("0:") ? 0 : -1)),
    shard_proof: shardProof.toString("hex"),
    proof: proof.toString("hex"),
    state: state.toString("hex"),
  };
}

function getMasterchainInfo(ledger: Ledger): Json {
  const { lastBlock } = ledger;
  const [first = lastBlock] = ledger.history.blocks;
  const { rootHash, fileHash } = first.master;
  return {
    last: blockRaw(blockId(lastBlock, -1)),
    state_root_hash: lastBlock.master.stateHash,
    init: { workchain: -1, root_hash: rootHash, file_hash: fileHash },
  };
}

function blockRaw({ workchain, seqno, rootHash, fileHash }: BlockId): Json {
  const shard = "8000000000000000";
  return { workchain, shard, seqno, root_hash: rootHash, file_hash: fileHash };
}

/** "(workchain,shard,seqno,root hash,file hash)", of the masterchain; undefined for the newest. */
function targetBlock(params: Params): number | undefined {
  if (!params.has("target_block")) return undefined;
  const [, seqno] =
    /^\(-1,8000000000000000,(\d{1,9}),[0-9a-f]{64},[0-9a-f]{64}\)$/i.exec(
      params.text("target_block"),
    ) ?? [];
  if (seqno === undefined) throw refuse("target_block");
  return Number(seqno);
}
