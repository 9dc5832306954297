import { ByteWriter, encodeAddress, type RawAddress } from "../codec/index.ts";
import { cellDigest } from "../keys/index.ts";
import { hashBytes } from "./hash.ts";
import type { TreeHead } from "./tree.ts";

/** What a log tells its bond contract on TON: the tree head that it stands for from now on. */
export type Anchor = TreeHead & {
  /** TON global id. */
  readonly networkId: number;
  /** The contract that holds the log's bond. */
  readonly bond: RawAddress;
  /** Unix seconds. */
  readonly timestampSeconds: number;
};

/** "ANC1". */
const anchorTag = 0x414e_4331;

/**
 * The 32 bytes that the log's key signs and the bond contract verifies: the hash of a cell that holds, big-endian,
 *
 *     tag           4 bytes   "ANC1"
 *     networkId     4 bytes   signed
 *     bond         33 bytes   workchain, account hash
 *     treeSize      8 bytes
 *     root         32 bytes
 *     timestamp     8 bytes   Unix seconds
 */
export function anchorDigest(anchor: Anchor): Uint8Array {
  const body = new ByteWriter()
    .uint(anchorTag, 4)
    .int(anchor.networkId, 4)
    .bytes(encodeAddress(anchor.bond))
    .uint(anchor.size, 8)
    .fixed(anchor.root, hashBytes)
    .uint(anchor.timestampSeconds, 8)
    .finish();
  return cellDigest(body);
}
