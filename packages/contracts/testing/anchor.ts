import { cellDigest, type RawAddress } from "@cocoon/protocol";

/** The digest of the 89 bytes that a log key signs for the chain, written out by hand. */
export function anchorDigestOf(
  networkId: number,
  bond: RawAddress,
  anchor: {
    readonly treeSize: number;
    readonly root: Uint8Array;
    readonly timestampSeconds: number;
  },
): Uint8Array {
  const bytes = Buffer.alloc(89);
  bytes.writeUInt32BE(0x414e4331, 0);
  bytes.writeInt32BE(networkId, 4);
  bytes.writeInt8(0, 8);
  bytes.write(bond.slice(2), 9, "hex");
  bytes.writeBigUInt64BE(BigInt(anchor.treeSize), 41);
  bytes.set(anchor.root, 49);
  bytes.writeBigUInt64BE(BigInt(anchor.timestampSeconds), 81);
  return cellDigest(bytes);
}
