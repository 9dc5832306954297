import { concatBytes, fromHex, toHex } from "../bytes/index.ts";

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
