// A worker's bond vouches for the identity key of its boot: see bondedIdentityDigest().

import { toBase64 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import type { JsonReader, RawAddress } from "../codec/index.ts";

export type BondVouch = {
  /** The WorkerBond contract. */
  readonly bond: RawAddress;
  readonly notAfterSeconds: number;
  /** By the bond's key, 64 bytes. */
  readonly signature: Uint8Array;
};

const signatureBytes = 64;

export function bondVouchJson({ signature, ...vouch }: BondVouch): object {
  return { ...vouch, signature: toBase64(signature) };
}

/** The field of this name, if it is there. */
export function readBondVouch(json: JsonReader, name: string): BondVouch | undefined {
  if (!json.has(name)) return undefined;
  const vouch = json.object(name);
  const signature = vouch.base64("signature", signatureBytes);
  if (signature.length !== signatureBytes) {
    throw new CocoonError("frame_malformed", { field: name });
  }
  return {
    bond: vouch.address("bond"),
    notAfterSeconds: vouch.uint("notAfterSeconds"),
    signature,
  };
}
