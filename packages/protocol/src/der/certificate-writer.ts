// X.509 v3 certificates and v2 revocation lists (RFC 5280 sections 4 and 5). Signing is the caller's, in whatever
// way its key allows: make the body, sign it, join the two with signedDer.

import {
  derBitString,
  derBoolean,
  derExplicit,
  derImplicit,
  derInteger,
  derNamedBits,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSet,
  derTime,
  derUtf8String,
} from "./writer.ts";

const sha384 = derSequence(derOid("2.16.840.1.101.3.4.2.2"), derNull());
const pssParameters = [
  derExplicit(0, sha384),
  derExplicit(1, derSequence(derOid("1.2.840.113549.1.1.8"), sha384)),
  derExplicit(2, derInteger(48)),
];
const rsaPss = (...parameters: readonly Uint8Array[]) =>
  derSequence(derOid("1.2.840.113549.1.1.10"), derSequence(...parameters));

/**
 * AlgorithmIdentifier of the signature algorithms in use (RFC 8410 section 3, RFC 5758 section 3.2, RFC 4055 section
 * 3.1). RSASSA-PSS is with SHA-384 for the hash and for its mask and a salt of 48 bytes; its trailer field has the
 * default value, which AMD writes out in certificates of authorities and leaves out, as DER asks, in newer ones.
 */
export const signatureAlgorithm = {
  ed25519: derSequence(derOid("1.3.101.112")),
  ecdsaP256Sha256: derSequence(derOid("1.2.840.10045.4.3.2")),
  ecdsaP384Sha384: derSequence(derOid("1.2.840.10045.4.3.3")),
  rsaPssSha384: rsaPss(...pssParameters),
  rsaPssSha384Trailer: rsaPss(...pssParameters, derExplicit(3, derInteger(1))),
} as const;

const attributeOid = {
  commonName: "2.5.4.3",
  country: "2.5.4.6",
  locality: "2.5.4.7",
  state: "2.5.4.8",
  organization: "2.5.4.10",
} as const;

/** Attributes of a distinguished name, written in the order given. */
export type NameAttributes = Readonly<Partial<Record<keyof typeof attributeOid, string>>>;

/** A distinguished name, one attribute in each part, as UTF8String. */
export function encodeName(attributes: NameAttributes): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, text] of Object.entries(attributes)) {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the type has no other keys
    const oid = attributeOid[name as keyof typeof attributeOid];
    parts.push(derSet(derSequence(derOid(oid), derUtf8String(text))));
  }
  return derSequence(...parts);
}

/** SubjectPublicKeyInfo of a raw 32-byte Ed25519 key (RFC 8410 section 4). */
export function encodeEd25519PublicKey(publicKey: Uint8Array): Uint8Array {
  return derSequence(signatureAlgorithm.ed25519, derBitString(publicKey));
}

/** SubjectPublicKeyInfo of a raw uncompressed P-256 point of 65 bytes (RFC 5480 section 2). */
export function encodeP256PublicKey(point: Uint8Array): Uint8Array {
  const algorithm = derSequence(derOid("1.2.840.10045.2.1"), derOid("1.2.840.10045.3.1.7"));
  return derSequence(algorithm, derBitString(point));
}

/** SubjectPublicKeyInfo of a raw uncompressed P-384 point of 97 bytes (RFC 5480 section 2). */
export function encodeP384PublicKey(point: Uint8Array): Uint8Array {
  const algorithm = derSequence(derOid("1.2.840.10045.2.1"), derOid("1.3.132.0.34"));
  return derSequence(algorithm, derBitString(point));
}

/** SubjectPublicKeyInfo of an RSA key: modulus and exponent, big-endian (RFC 4055 section 1.2). */
export function encodeRsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const algorithm = derSequence(derOid("1.2.840.113549.1.1.1"), derNull());
  return derSequence(
    algorithm,
    derBitString(derSequence(derInteger(modulus), derInteger(exponent))),
  );
}

/** Ecdsa-Sig-Value of a raw signature r || s, halves of equal size (RFC 3279 section 2.2.3). */
export function encodeEcdsaSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return derSequence(derInteger(raw.subarray(0, half)), derInteger(raw.subarray(half)));
}

/** One extension; `value` is the DER that goes into its octet string. */
export function encodeExtension(oid: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  const critical = isCritical ? [derBoolean(true)] : [];
  return derSequence(derOid(oid), ...critical, derOctetString(value));
}

/** Critical basicConstraints (RFC 5280 section 4.2.1.9). */
export function basicConstraints(isAuthority: boolean, pathLengthMax?: number): Uint8Array {
  const authority = isAuthority ? [derBoolean(true)] : [];
  const pathLength = pathLengthMax === undefined ? [] : [derInteger(pathLengthMax)];
  return encodeExtension("2.5.29.19", true, derSequence(...authority, ...pathLength));
}

const keyUsageBit = { digitalSignature: 0, keyCertSign: 5, crlSign: 6 } as const;

/** Critical keyUsage (RFC 5280 section 4.2.1.3). */
export function keyUsage(...uses: readonly (keyof typeof keyUsageBit)[]): Uint8Array {
  return encodeExtension("2.5.29.15", true, derNamedBits(...uses.map((use) => keyUsageBit[use])));
}

/** subjectKeyIdentifier (RFC 5280 section 4.2.1.2). */
export function subjectKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return encodeExtension("2.5.29.14", false, derOctetString(identifier));
}

/** authorityKeyIdentifier with the key identifier alone (RFC 5280 section 4.2.1.1). */
export function authorityKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return encodeExtension("2.5.29.35", false, derSequence(derImplicit(0, identifier)));
}

export type CertificateFields = {
  /** Unsigned, 1 to 20 bytes. */
  readonly serial: Uint8Array;
  /** Algorithm the issuer signs with. */
  readonly algorithm: Uint8Array;
  readonly issuer: NameAttributes;
  readonly subject: NameAttributes;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  readonly extensions: readonly Uint8Array[];
};

/** TBSCertificate of a v3 certificate: what its issuer signs (RFC 5280 section 4.1). */
export function encodeCertificateBody(fields: CertificateFields): Uint8Array {
  return derSequence(
    derExplicit(0, derInteger(2)),
    derInteger(fields.serial),
    fields.algorithm,
    encodeName(fields.issuer),
    derSequence(derTime(fields.notBeforeMs), derTime(fields.notAfterMs)),
    encodeName(fields.subject),
    fields.publicKeyInfo,
    ...(fields.extensions.length === 0 ? [] : [derExplicit(3, derSequence(...fields.extensions))]),
  );
}

export type RevocationListFields = {
  readonly algorithm: Uint8Array;
  readonly issuer: NameAttributes;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  readonly revoked: readonly { readonly serial: Uint8Array; readonly revokedAtMs: number }[];
  /** crlExtensions, such as crlNumber. */
  readonly extensions: readonly Uint8Array[];
};

/** TBSCertList of a v2 revocation list: what its issuer signs (RFC 5280 section 5.1). */
export function encodeRevocationListBody(fields: RevocationListFields): Uint8Array {
  const revoked = fields.revoked.map(({ serial, revokedAtMs }) =>
    derSequence(derInteger(serial), derTime(revokedAtMs)),
  );
  return derSequence(
    derInteger(1),
    fields.algorithm,
    encodeName(fields.issuer),
    derTime(fields.thisUpdateMs),
    derTime(fields.nextUpdateMs),
    ...(revoked.length === 0 ? [] : [derSequence(...revoked)]),
    ...(fields.extensions.length === 0 ? [] : [derExplicit(0, derSequence(...fields.extensions))]),
  );
}

/** The non-critical crlNumber extension of a revocation list (RFC 5280 section 5.2.3). */
export function crlNumber(number: number | bigint): Uint8Array {
  return encodeExtension("2.5.29.20", false, derInteger(number));
}

/** A signed certificate or revocation list: its body, the algorithm, the signature. */
export function signedDer(
  body: Uint8Array,
  algorithm: Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  return derSequence(body, algorithm, derBitString(signature));
}
