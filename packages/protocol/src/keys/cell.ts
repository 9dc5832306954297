import { primitives } from "../primitives/index.ts";

/** 1,023 bits fit in a cell: 127 whole bytes. */
const cellBytesMax = 127;

/**
 * The representation hash of an ordinary TON cell that holds these bytes and no references (TVM whitepaper
 * section 3.1.5). It is what a contract's signature check is given, so no TON code is needed to sign for one:
 *
 *     d1      1 byte    0: no references, ordinary, level 0
 *     d2      1 byte    2 x size in bytes
 *     bytes   at most 127 bytes
 *
 * Returns 32 bytes. A longer byte string is a bug of the caller.
 */
export function cellDigest(bytes: Uint8Array): Uint8Array {
  if (bytes.length > cellBytesMax) throw new RangeError("a cell holds at most 127 bytes");
  return primitives.sha256(Uint8Array.of(0, 2 * bytes.length), bytes);
}
