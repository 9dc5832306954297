import { toBase64 } from "@cocoon/protocol";

/** A P-256 key of the simulated vendor. */
export type VendorKey = {
  /** Uncompressed, 65 bytes. */
  readonly point: Uint8Array;
  /** r and s, 64 bytes, over the SHA-256 of the body. */
  sign(body: Uint8Array): Promise<Uint8Array>;
};

type PrivateKey = Parameters<typeof crypto.subtle.sign>[1];

const p256 = { name: "ECDSA", namedCurve: "P-256" };

export async function createVendorKey(): Promise<VendorKey> {
  const pair = await crypto.subtle.generateKey(p256, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return vendorKey(pair.privateKey, point);
}

/** The key of a 32-byte scalar and the point that belongs to it. */
export async function importVendorKey(scalar: Uint8Array, point: Uint8Array): Promise<VendorKey> {
  const jwk = {
    kty: "EC",
    crv: p256.namedCurve,
    d: toBase64Url(scalar),
    x: toBase64Url(point.subarray(1, 33)),
    y: toBase64Url(point.subarray(33)),
  };
  const key = await crypto.subtle.importKey("jwk", jwk, p256, false, ["sign"]);
  return vendorKey(key, point);
}

function vendorKey(key: PrivateKey, point: Uint8Array): VendorKey {
  const how = { name: "ECDSA", hash: "SHA-256" };
  return {
    point,
    async sign(body) {
      return new Uint8Array(await crypto.subtle.sign(how, key, new Uint8Array(body)));
    },
  };
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
