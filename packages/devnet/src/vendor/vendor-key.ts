import {
  encodeEcdsaSignature,
  encodeP256PublicKey,
  encodeP384PublicKey,
  signatureAlgorithm,
  toBase64,
} from "@cocoon/protocol";
import type { CertifierKey } from "./certify.ts";

/** An elliptic key of a simulated vendor. */
export type VendorKey = CertifierKey & {
  /** Uncompressed, 65 or 97 bytes. */
  readonly point: Uint8Array;
  /** r and s, 64 or 96 bytes, over the SHA-256 or SHA-384 of the body. */
  sign(body: Uint8Array): Promise<Uint8Array>;
};

export type VendorCurve = keyof typeof curves;

type PrivateKey = Parameters<typeof crypto.subtle.sign>[1];

const curves = {
  "P-256": {
    hash: "SHA-256",
    algorithm: signatureAlgorithm.ecdsaP256Sha256,
    encode: encodeP256PublicKey,
  },
  "P-384": {
    hash: "SHA-384",
    algorithm: signatureAlgorithm.ecdsaP384Sha384,
    encode: encodeP384PublicKey,
  },
} as const;

export async function createVendorKey(curve: VendorCurve = "P-256"): Promise<VendorKey> {
  const how = { name: "ECDSA", namedCurve: curve };
  const pair = await crypto.subtle.generateKey(how, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return vendorKey(curve, pair.privateKey, point);
}

/** The key of a scalar and the point that belongs to it. */
export async function importVendorKey(
  curve: VendorCurve,
  scalar: Uint8Array,
  point: Uint8Array,
): Promise<VendorKey> {
  const half = (point.length - 1) / 2;
  const jwk = {
    kty: "EC",
    crv: curve,
    d: toBase64Url(scalar),
    x: toBase64Url(point.subarray(1, 1 + half)),
    y: toBase64Url(point.subarray(1 + half)),
  };
  const how = { name: "ECDSA", namedCurve: curve };
  const key = await crypto.subtle.importKey("jwk", jwk, how, false, ["sign"]);
  return vendorKey(curve, key, point);
}

function vendorKey(curve: VendorCurve, key: PrivateKey, point: Uint8Array): VendorKey {
  const { hash, algorithm, encode } = curves[curve];
  const sign = async (body: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash }, key, new Uint8Array(body)));
  return {
    point,
    publicKeyInfo: encode(point),
    algorithm,
    sign,
    certify: async (body) => encodeEcdsaSignature(await sign(body)),
  };
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
