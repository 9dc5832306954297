// Libraries differ in which odd Ed25519 public keys they accept. A receipt must verify everywhere or nowhere, so the
// keys on which they differ are refused here before a library sees them.

import { equalBytes, fromHex } from "../bytes/index.ts";

const ed25519KeyBytes = 32;
export const ed25519SignatureBytes = 64;

/**
 * The y coordinates of the eight points of small order, little-endian, sign bit clear. Anyone can make
 * "signatures" under such a key that hold for many messages.
 */
const smallOrder = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((hex) => fromHex(hex) ?? new Uint8Array());

/** Whether 32 bytes can be a public key: y is below 2^255 - 19 and the point is not of small order. */
export function isSoundEd25519Key(publicKey: Uint8Array): boolean {
  if (publicKey.length !== ed25519KeyBytes) return false;
  const y = Uint8Array.from(publicKey);
  y[31] = (y[31] ?? 0) & 0x7f;
  const isCanonical = (y[0] ?? 0) < 0xed || y[31] !== 0x7f || y.subarray(1, 31).some(isNotFull);
  return isCanonical && !smallOrder.some((point) => equalBytes(point, y));
}

function isNotFull(byte: number): boolean {
  return byte !== 0xff;
}
