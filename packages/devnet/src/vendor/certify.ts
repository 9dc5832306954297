// What all simulated vendors do with their authorities' keys: sign certificates and revocation lists.

import {
  encodeCertificateBody,
  encodeRevocationListBody,
  type NameAttributes,
  signedDer,
} from "@cocoon/protocol";

/** A key that can stand in a certificate and sign others. */
export type CertifierKey = {
  /** SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Uint8Array;
  /** AlgorithmIdentifier of its signatures. */
  readonly algorithm: Uint8Array;
  /** A signature as certificates hold it. */
  certify(body: Uint8Array): Promise<Uint8Array>;
};

/** An authority that signs certificates and revocation lists. */
export type Authority = { readonly name: NameAttributes; readonly key: CertifierKey };

export type Subject = {
  readonly name: NameAttributes;
  readonly key: Pick<CertifierKey, "publicKeyInfo">;
  readonly serial: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly extensions: readonly Uint8Array[];
};

/** A signed certificate. */
export async function certify(issuer: Authority, subject: Subject): Promise<Uint8Array> {
  const { algorithm } = issuer.key;
  const body = encodeCertificateBody({
    serial: subject.serial,
    algorithm,
    issuer: issuer.name,
    subject: subject.name,
    notBeforeMs: subject.notBeforeMs,
    notAfterMs: subject.notAfterMs,
    publicKeyInfo: subject.key.publicKeyInfo,
    extensions: subject.extensions,
  });
  return signedDer(body, algorithm, await issuer.key.certify(body));
}

export type RevocationTimes = { readonly issuedAtMs: number; readonly expiresAtMs: number };

/** A signed revocation list. */
export async function signRevocationList(
  issuer: Authority,
  times: RevocationTimes,
  revokedSerials: readonly Uint8Array[],
): Promise<Uint8Array> {
  const { algorithm } = issuer.key;
  const body = encodeRevocationListBody({
    algorithm,
    issuer: issuer.name,
    thisUpdateMs: times.issuedAtMs,
    nextUpdateMs: times.expiresAtMs,
    revoked: revokedSerials.map((revoked) => ({ serial: revoked, revokedAtMs: times.issuedAtMs })),
    extensions: [],
  });
  return signedDer(body, algorithm, await issuer.key.certify(body));
}

/** A name of a simulated vendor's. */
export function nameOf(commonName: string): NameAttributes {
  return { commonName, organization: "Cocoon simulator" };
}
