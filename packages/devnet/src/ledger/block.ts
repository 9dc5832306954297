import { ByteWriter, concatBytes, fromHex, primitives, toHex, utf8 } from "@cocoon/protocol";
import { devnetNetworkId } from "./config.ts";

/** A sealed block of the masterchain. One shard of the basechain has the same number and transactions. */
export type Block = BlockHead & {
  /** 64 lower-case hex digits, as the next. */
  readonly rootHash: string;
  readonly fileHash: string;
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
export type BlockId = Pick<Block, "seqno" | "rootHash" | "fileHash"> & {
  readonly workchain: -1 | 0;
};

const zeroHash = "00".repeat(32);

/**
 * Seals a block: its hashes commit to its transactions and, through `previous`, to all blocks before.
 * A transaction's hash commits to the new state of its account (block.tlb, `HASH_UPDATE`). The bytes hashed:
 *
 *     tag           4   "CDB1"
 *     networkId     4   signed
 *     seqno         4
 *     utime         4
 *     startLt       8
 *     endLt         8
 *     previous     32   root hash of the block before, zero for the first
 *     count         4
 *     transactions 32   hash of each
 */
export function sealBlock(
  head: BlockHead,
  previousRootHash: string | undefined,
  transactionHashes: readonly string[],
): Block {
  const writer = new ByteWriter()
    .bytes(utf8("CDB1"))
    .int(devnetNetworkId, 4)
    .uint(head.seqno, 4)
    .uint(head.utime, 4)
    .uint(head.startLt, 8)
    .uint(head.endLt, 8)
    .fixed(bytesOfHash(previousRootHash ?? zeroHash), 32)
    .uint(transactionHashes.length, 4);
  for (const hash of transactionHashes) writer.fixed(bytesOfHash(hash), 32);
  const bytes = writer.finish();
  return { ...head, rootHash: hashOf("block", bytes), fileHash: toHex(primitives.sha256(bytes)) };
}

/** Name of a block in the masterchain, or of the part of it that is the basechain's shard. */
export function blockId(block: Block, workchain: -1 | 0): BlockId {
  const { seqno, rootHash, fileHash } = block;
  if (workchain === -1) return { workchain, seqno, rootHash, fileHash };
  return {
    workchain,
    seqno,
    rootHash: hashOf("shard-root", bytesOfHash(rootHash)),
    fileHash: hashOf("shard-file", bytesOfHash(fileHash)),
  };
}

function hashOf(purpose: string, bytes: Uint8Array): string {
  const domain = utf8(`cocoon/devnet/${purpose}/1`);
  return toHex(primitives.sha256(concatBytes(domain, Uint8Array.of(0), bytes)));
}

function bytesOfHash(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes?.length !== 32) throw new RangeError("not a hash");
  return bytes;
}
