import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import {
  basicConstraints,
  encodeCertificateBody,
  encodeEd25519PublicKey,
  keyUsage,
  signatureAlgorithm,
  signedDer,
} from "@cocoon/protocol";

/** What a TLS server needs to show; PEM. */
export type CarrierCertificate = { readonly cert: string; readonly key: string };

/** RFC 5280 section 4.1.2.5: the date that means no end. */
const neverMs = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * A self-signed Ed25519 certificate of a fresh key. It says nothing about who shows it and nobody checks it: TLS
 * merely requires one. Who the peer is comes from its HELLO, which signs this very TLS session.
 */
export function createCarrierCertificate(): CarrierCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const algorithm = signatureAlgorithm.ed25519;
  const name = { commonName: "cocoon" };
  const serial = randomBytes(16);
  const body = encodeCertificateBody({
    serial,
    algorithm,
    issuer: name,
    subject: name,
    notBeforeMs: 0,
    notAfterMs: neverMs,
    publicKeyInfo: encodeEd25519PublicKey(
      publicKey.export({ format: "der", type: "spki" }).subarray(-32),
    ),
    extensions: [basicConstraints(false), keyUsage("digitalSignature")],
  });
  const der = signedDer(body, algorithm, sign(null, body, privateKey));
  return {
    cert: pemOf("CERTIFICATE", der),
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

function pemOf(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
