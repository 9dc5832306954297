// ECDSA on WebCrypto, the same in Node and in browsers. Nothing here throws on bad keys or signatures.

import { toHex } from "../bytes/index.ts";
import { type CertifiedKey, openSequence, type SignedBody } from "../der/index.ts";

type Curve = {
  readonly name: "P-256" | "P-384";
  readonly hash: "SHA-256" | "SHA-384";
  /** Of a coordinate and of each half of a signature. */
  readonly sizeBytes: number;
};

/** Curves by object identifier (RFC 5480 section 2.1.1.1), each with the signature algorithm that goes with it. */
const curves = new Map<string, Curve & { readonly signatureOid: string }>([
  [
    "1.2.840.10045.3.1.7",
    { name: "P-256", hash: "SHA-256", sizeBytes: 32, signatureOid: "1.2.840.10045.4.3.2" },
  ],
  [
    "1.3.132.0.34",
    { name: "P-384", hash: "SHA-384", sizeBytes: 48, signatureOid: "1.2.840.10045.4.3.3" },
  ],
]);
const p256: Curve = { name: "P-256", hash: "SHA-256", sizeBytes: 32 };
const p384: Curve = { name: "P-384", hash: "SHA-384", sizeBytes: 48 };

type Check = {
  readonly curve: Curve;
  /** Uncompressed: a byte 4 and two coordinates. */
  readonly point: Uint8Array;
  /** r and s, each of the curve's size. */
  readonly signature: Uint8Array;
  readonly body: Uint8Array;
};

async function verify({ curve, point, signature, body }: Check): Promise<boolean> {
  const algorithm = { name: "ECDSA", namedCurve: curve.name };
  try {
    const key = await crypto.subtle.importKey("raw", own(point), algorithm, false, ["verify"]);
    const how = { name: "ECDSA", hash: curve.hash };
    return await crypto.subtle.verify(how, key, own(signature), own(body));
  } catch {
    return false;
  }
}

/** WebCrypto's types take only bytes that no other thread can change. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** Whether a P-256 key signed a body with SHA-256. Key: 65-byte point; signature: r and s, 64 bytes. */
export function verifyP256(
  point: Uint8Array,
  signature: Uint8Array,
  body: Uint8Array,
): Promise<boolean> {
  return verify({ curve: p256, point, signature, body });
}

/** Whether a P-384 key signed a body with SHA-384. Key: 97-byte point; signature: r and s, 96 bytes. */
export function verifyP384(
  point: Uint8Array,
  signature: Uint8Array,
  body: Uint8Array,
): Promise<boolean> {
  return verify({ curve: p384, point, signature, body });
}

/**
 * Whether a certificate's key signed a certificate or revocation list: P-256 with SHA-256 or P-384 with SHA-384,
 * nothing else. Throws certificate_malformed when the signature is not DER.
 */
export async function verifyEcdsaBody(signed: SignedBody, key: CertifiedKey): Promise<boolean> {
  const curve = curves.get(key.curve ?? "");
  if (curve === undefined) return false;
  if (signed.signatureAlgorithm !== curve.signatureOid) return false;
  const signature = rawSignature(signed.signature, curve.sizeBytes);
  if (signature === undefined) return false;
  return verify({ curve, point: key.bytes, signature, body: signed.body });
}

/** r and s side by side, of Ecdsa-Sig-Value = SEQUENCE { r, s } (RFC 3279 section 2.2.3). */
function rawSignature(der: Uint8Array, sizeBytes: number): Uint8Array | undefined {
  const fields = openSequence(der);
  const [r, s] = [fields.unsigned(), fields.unsigned()];
  fields.end();
  if (r.length > sizeBytes || s.length > sizeBytes) return undefined;
  const raw = new Uint8Array(2 * sizeBytes);
  raw.set(r, sizeBytes - r.length);
  raw.set(s, 2 * sizeBytes - s.length);
  return raw;
}

/** Names a key: SHA-384 of its bytes (for elliptic curves the uncompressed point, for RSA the RSAPublicKey), hex. */
export async function keyIdOf(key: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-384", own(key))));
}

/** Names the key of each certificate; see keyIdOf. */
export function keyIdsOf(
  certificates: readonly { readonly key: CertifiedKey }[],
): Promise<string[]> {
  return Promise.all(certificates.map(({ key }) => keyIdOf(key.bytes)));
}
