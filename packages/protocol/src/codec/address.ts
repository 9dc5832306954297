import { concatBytes, fromHex, toBase64, toHex } from "../bytes/index.ts";

/** A TON address in raw form: workchain, colon, 64 lower-case hex digits. "0:ab12..." */
export type RawAddress = string;

/** Size of an address on the wire: workchain i8, account hash 32 bytes. */
export const addressBytes = 33;

/** The 33 wire bytes of an address, or undefined when the text is not a raw address. */
export function parseAddress(address: string): Uint8Array | undefined {
  const match = /^(-1|0):([0-9a-f]{64})$/.exec(address);
  const hash = fromHex(match?.[2] ?? "");
  if (match === null || hash === undefined) return undefined;
  return concatBytes(Uint8Array.of(match[1] === "0" ? 0 : 255), hash);
}

/** The 33 wire bytes of an address that is known to be well-formed; anything else is a bug. */
export function encodeAddress(address: RawAddress): Uint8Array {
  const bytes = parseAddress(address);
  if (bytes === undefined) throw new RangeError("not a raw address");
  return bytes;
}

/** The address of 33 wire bytes. */
export function addressOf(bytes: Uint8Array): RawAddress {
  return `${bytes[0] === 255 ? -1 : (bytes[0] ?? 0)}:${toHex(bytes.subarray(1))}`;
}

/**
 * The 48 characters that wallets and explorers show: base64url of tag 0x11 (bounceable), workchain, hash and CRC-16.
 * TON documentation, "smart contract addresses".
 */
export function friendlyAddress(address: RawAddress): string {
  const body = concatBytes(Uint8Array.of(0x11), encodeAddress(address));
  const crc = crc16(body);
  const text = toBase64(concatBytes(body, Uint8Array.of(crc >> 8, crc & 255)));
  return text.replaceAll("+", "-").replaceAll("/", "_");
}

/** CRC-16/XMODEM. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
    }
  }
  return crc;
}
