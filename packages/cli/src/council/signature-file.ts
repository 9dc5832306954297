// Signatures of a council, collected as files: each key signs on its own machine, and nothing secret leaves it.

import {
  CocoonError,
  equalBytes,
  primitives,
  type SigningKey,
  toBase64,
  toHex,
} from "@cocoon/protocol";
import { readConfigFile, writeConfigFile } from "@cocoon/services";

const format = "cocoon-signature/1";

/** One key's signature of one digest. */
export type CouncilSignature = {
  /** What was signed, 32 bytes. */
  readonly digest: Uint8Array;
  /** Ed25519, lower-case hex. */
  readonly publicKey: string;
  readonly signature: Uint8Array;
};

export function signDigest(key: SigningKey, digest: Uint8Array): CouncilSignature {
  return { digest, publicKey: toHex(key.publicKey), signature: key.sign(digest) };
}

export function writeSignature(path: string, signed: CouncilSignature): void {
  const { digest, publicKey, signature } = signed;
  const json = { format, digest: toHex(digest), publicKey, signature: toBase64(signature) };
  writeConfigFile(path, json);
}

/** Throws option_invalid. */
export function readSignature(path: string): CouncilSignature {
  const json = readConfigFile(path);
  json.oneOf("format", [format]);
  return {
    digest: json.hex("digest", 32),
    publicKey: toHex(json.hex("publicKey", 32)),
    signature: json.base64("signature", 64),
  };
}

/** A set of keys, some of which must sign: lower-case hex, in the order in which signatures name them. */
export type Council = { readonly keys: readonly string[]; readonly threshold: number };

/**
 * The signatures by their place among a council's keys. Throws option_invalid for one that is of something else, of a
 * stranger, or false, and when there are fewer than it takes. The same key twice counts once.
 */
export function collectSignatures(
  digest: Uint8Array,
  { keys, threshold }: Council,
  signatures: readonly CouncilSignature[],
): readonly { readonly index: number; readonly signature: Uint8Array }[] {
  const collected = new Map<number, Uint8Array>();
  for (const signed of signatures) {
    const { publicKey, signature } = signed;
    const refuse = (reason: string): never => {
      throw new CocoonError("option_invalid", { key: publicKey, reason });
    };
    const index = keys.indexOf(publicKey);
    if (!equalBytes(signed.digest, digest)) refuse("it signed something else");
    if (index < 0) refuse("it is none of the keys that decide");
    if (!primitives.ed25519Verify(bytesOf(publicKey), digest, signature)) {
      refuse("its signature is false");
    }
    collected.set(index, signature);
  }
  if (collected.size < threshold) {
    throw new CocoonError("option_invalid", {
      reason: `${threshold} of ${keys.length} keys must sign, and ${collected.size} did`,
    });
  }
  return [...collected]
    .map(([index, signature]) => ({ index, signature }))
    .toSorted((left, right) => left.index - right.index);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
