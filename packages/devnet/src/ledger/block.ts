import { ByteWriter, fromHex, networkIds, primitives, toHex, utf8 } from "@cocoon/protocol";
import type { BlockName, BlockNames, Workchain } from "../state/index.ts";

/** A sealed block of the masterchain. One shard of the basechain has the same number and transactions. */
export type Block = OpenBlock & BlockNames;

/** A block that has no name yet. */
export type OpenBlock = BlockHead & {
  /** Commits to the block's transactions and to all blocks before it, 64 lower-case hex digits. */
  readonly historyHash: string;
};

export type BlockHead = {
  /** From 1. */
  readonly seqno: number;
  /** Unix seconds. */
  readonly utime: number;
  readonly startLt: bigint;
  readonly endLt: bigint;
  /** How many transactions the chain has up to this block's end. */
  readonly transactionsEnd: number;
};

/** The name of a block in one workchain. */
export type BlockId = Pick<BlockName, "rootHash" | "fileHash"> & {
  readonly workchain: Workchain;
  readonly seqno: number;
};

const zeroHash = "00".repeat(32);

/**
 * What a journal is held to: the hash of a block's transactions and, through `previous`, of all blocks before.
 * A transaction's hash commits to the new state of its account (block.tlb, `HASH_UPDATE`). The bytes hashed:
 *
 *     tag           4   "CDB1"
 *     networkId     4   signed
 *     seqno         4
 *     utime         4
 *     startLt       8
 *     endLt         8
 *     previous     32   this hash of the block before, zero for the first
 *     count         4
 *     transactions 32   hash of each
 */
export function hashHistory(
  head: BlockHead,
  previous: string | undefined,
  transactionHashes: readonly string[],
): string {
  const writer = new ByteWriter()
    .bytes(utf8("CDB1"))
    .int(networkIds.devnet, 4)
    .uint(head.seqno, 4)
    .uint(head.utime, 4)
    .uint(head.startLt, 8)
    .uint(head.endLt, 8)
    .fixed(bytesOfHash(previous ?? zeroHash), 32)
    .uint(transactionHashes.length, 4);
  for (const hash of transactionHashes) writer.fixed(bytesOfHash(hash), 32);
  return toHex(primitives.sha256(writer.finish()));
}

/** Name of a block in the masterchain, or of the part of it that is the basechain's shard. */
export function blockId(block: Block, workchain: Workchain): BlockId {
  const { seqno, master, shard } = block;
  const { rootHash, fileHash } = workchain === -1 ? master : shard;
  return { workchain, seqno, rootHash, fileHash };
}

function bytesOfHash(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes?.length !== 32) throw new RangeError("not a hash");
  return bytes;
}
