import { ByteReader, ByteWriter, addressBytes, addressOf } from "../codec/index.ts";
import { encodeAddress, parseAddress, type RawAddress } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { cellDigest } from "../keys/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";
import { type Nanotons, nanotons, nanotonsMax } from "../units/index.ts";

/** A payer's promise that the payee of a channel may take this much of it in total, now and before. */
export type Voucher = {
  readonly channel: RawAddress;
  /** All that was ever promised on this channel, not an increment. */
  readonly cumulative: Nanotons;
  /** 64 bytes, by the channel's session key. */
  readonly signature: Uint8Array;
};

/** "VCH1". */
const voucherTag = 0x56434831;
const cumulativeBytes = 16;
const signatureBytes = 64;

/** Size of a voucher on the wire: 33 + 16 + 64. */
export const voucherBytes = addressBytes + cumulativeBytes + signatureBytes;

/**
 * What the session key signs, and what the channel contract checks. Spec section 5.3: the hash of a cell of
 *
 *     tag          4 bytes   0x56434831, "VCH1"
 *     networkId    4 bytes   signed; the TON global id, so that nothing signed on a devnet is valid elsewhere
 *     workchain    1 byte    signed
 *     channel     32 bytes   account hash of the channel contract
 *     cumulative  16 bytes   nanotons
 *
 * Returns 32 bytes.
 */
export function voucherDigest(
  networkId: number,
  channel: RawAddress,
  cumulative: Nanotons,
): Uint8Array {
  const cell = new ByteWriter()
    .uint(voucherTag, 4)
    .int(networkId, 4)
    .bytes(encodeAddress(channel))
    .uint(cumulative, cumulativeBytes);
  return cellDigest(cell.finish());
}

/** Signs a voucher with the channel's session key. */
export function signVoucher(
  key: SigningKey,
  networkId: number,
  channel: RawAddress,
  cumulative: Nanotons,
): Voucher {
  return {
    channel,
    cumulative,
    signature: key.sign(voucherDigest(networkId, channel, cumulative)),
  };
}

/** Whether the channel's session key signed this voucher for this network. Says nothing of deposit or age. */
export function verifyVoucher(
  sessionKey: Uint8Array,
  networkId: number,
  voucher: Voucher,
): boolean {
  const { channel, cumulative, signature } = voucher;
  if (parseAddress(channel) === undefined) return false;
  if (cumulative < 0n || cumulative > nanotonsMax) return false;
  return primitives.ed25519Verify(
    sessionKey,
    voucherDigest(networkId, channel, cumulative),
    signature,
  );
}

/**
 * Encodes a voucher, 113 bytes. Spec section 5.3:
 *
 *     channel     33 bytes   workchain i8, account hash
 *     cumulative  16 bytes
 *     signature   64 bytes
 */
export function encodeVoucher(voucher: Voucher): Uint8Array {
  return new ByteWriter()
    .bytes(encodeAddress(voucher.channel))
    .uint(voucher.cumulative, cumulativeBytes)
    .fixed(voucher.signature, signatureBytes)
    .finish();
}

/** Parses a voucher without verifying it. Throws frame_malformed. */
export function parseVoucher(bytes: Uint8Array): Voucher {
  const reader = new ByteReader(bytes, "frame_malformed");
  const channel = addressOf(reader.bytes(addressBytes));
  const cumulative = reader.uintBig(cumulativeBytes);
  const signature = Uint8Array.from(reader.bytes(signatureBytes));
  reader.end();
  if (parseAddress(channel) === undefined) {
    throw new CocoonError("frame_malformed", { field: "channel" });
  }
  if (cumulative > nanotonsMax) throw new CocoonError("frame_malformed", { field: "cumulative" });
  return { channel, cumulative: nanotons(cumulative), signature };
}
