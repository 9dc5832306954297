// Sizes tell topics apart. A padded size says little more than the size's order of magnitude.

import { CocoonError } from "../errors/index.ts";

/**
 * The size that a request body of this many bytes, its length field included, is padded to: 512, 1,024, then Padmé
 * (PURBs, Nikitin et al. 2019, section 4), which adds at most 12% and reveals O(log log n) bits of n.
 */
export function paddedSize(sizeBytes: number): number {
  if (sizeBytes <= 512) return 512;
  if (sizeBytes <= 1_024) return 1_024;
  const exponent = 31 - Math.clz32(sizeBytes);
  const significant = 32 - Math.clz32(exponent);
  const granule = 2 ** (exponent - significant);
  return Math.ceil(sizeBytes / granule) * granule;
}

/** `size u32 || bytes || zeros`, this long in total. */
export function pad(bytes: Uint8Array, totalBytes: number): Uint8Array {
  const padded = new Uint8Array(totalBytes);
  new DataView(padded.buffer).setUint32(0, bytes.length);
  padded.set(bytes, 4);
  return padded;
}

/** The bytes inside; throws sealed_malformed when the size does not fit or the padding is not zeros. */
export function unpad(padded: Uint8Array): Uint8Array {
  if (padded.length < 4) throw new CocoonError("sealed_malformed", { field: "padding" });
  const view = new DataView(padded.buffer, padded.byteOffset, padded.byteLength);
  const end = 4 + view.getUint32(0);
  if (end > padded.length || padded.subarray(end).some((byte) => byte !== 0)) {
    throw new CocoonError("sealed_malformed", { field: "padding" });
  }
  return padded.subarray(4, end);
}
