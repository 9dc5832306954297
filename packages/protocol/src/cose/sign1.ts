// COSE_Sign1 with Ed25519: RFC 9052 section 4.2.

import type { SigningKey } from "../primitives/index.ts";
import { type CborKey, type CborValue, encodeCbor, tagged } from "./cbor.ts";

export type CoseHeader = ReadonlyMap<CborKey, CborValue>;

/** Labels of header parameters: RFC 9052, RFC 9597, and RFC 9942 for the last three. */
export const coseLabel = {
  algorithm: 1,
  contentType: 3,
  keyId: 4,
  cwtClaims: 15,
  receipts: 394,
  verifiableDataStructure: 395,
  verifiableDataProofs: 396,
} as const;

/** EdDSA, with an Ed25519 key. */
export const coseEdDsa = -8;
const sign1Tag = 18;

/** What is signed: the Sig_structure of RFC 9052 section 4.4, without external data. */
export function coseSigned(protectedHeader: CoseHeader, payload: Uint8Array): Uint8Array {
  return encodeCbor(["Signature1", encodeCbor(protectedHeader), new Uint8Array(), payload]);
}

/** A tagged COSE_Sign1. A payload of null is detached: who verifies it has it from elsewhere. */
export function encodeSign1(message: {
  readonly protectedHeader: CoseHeader;
  readonly unprotectedHeader: CoseHeader;
  readonly payload: Uint8Array | null;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}): Uint8Array {
  const { protectedHeader, unprotectedHeader, payload, signature } = message;
  return tagged(sign1Tag, [encodeCbor(protectedHeader), unprotectedHeader, payload, signature]);
}

/** Signs a payload, which is carried along. */
export function signSign1(
  key: SigningKey,
  headers: { readonly protectedHeader: CoseHeader; readonly unprotectedHeader: CoseHeader },
  payload: Uint8Array,
): Uint8Array {
  const signature = key.sign(coseSigned(headers.protectedHeader, payload));
  return encodeSign1({ ...headers, payload, signature });
}
