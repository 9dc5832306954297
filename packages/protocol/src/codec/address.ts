import { concatBytes, fromBase64, fromHex, toBase64, toHex } from "../bytes/index.ts";

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

/** What the 48 characters of a TON address say. */
export type FriendlyAddress = {
  readonly address: RawAddress;
  /** Whether what is sent there should return when the contract fails or has no code. */
  readonly isBounceable: boolean;
  /** It is of a test network: nothing of value belongs there. */
  readonly isTestOnly: boolean;
};

/**
 * Reads an address as wallets and explorers show it, in base64url or base64; undefined when the text is not one.
 *
 *     tag          1 byte     0x11 bounceable, 0x51 not; 0x80 more on test networks
 *     workchain    1 byte     0 or -1
 *     hash        32 bytes
 *     CRC-16       2 bytes    of all above
 */
export function parseFriendlyAddress(text: string): FriendlyAddress | undefined {
  if (text.length !== 48) return undefined;
  const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  if (bytes?.length !== 36) return undefined;
  const [tag = 0, workchain = 1] = bytes;
  const crc = crc16(bytes.subarray(0, 34));
  const isWhole = bytes[34] === crc >> 8 && bytes[35] === (crc & 255);
  const kind = tag & 0x7f;
  if (!isWhole || (kind !== 0x11 && kind !== 0x51) || (workchain !== 0 && workchain !== 255)) {
    return undefined;
  }
  return {
    address: addressOf(bytes.subarray(1, 34)),
    isBounceable: kind === 0x11,
    isTestOnly: tag >= 0x80,
  };
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
