// Raw keys as node:crypto takes them. As JSON Web Keys (RFC 8037): OpenSSL 3 takes 5 to 10 times as long to import the
// same 32 bytes from DER, because it tries its decoders one after another.

import { fromBase64, toBase64, toHex } from "../bytes/index.ts";
import type { KeyObject, NodeCrypto } from "./node-crypto.ts";

export type CurveName = "Ed25519" | "X25519";

/** One imported key costs about 1 KiB: 1,024 of them fit in 1 MiB. */
const importedKeysMax = 1_024;

export function importPrivateKey(
  node: NodeCrypto,
  curve: CurveName,
  secret: Uint8Array,
): KeyObject {
  // Node computes the public half itself, but wants one to be there.
  const key = { kty: "OKP", crv: curve, d: toBase64Url(secret), x: "" };
  return node.createPrivateKey({ key, format: "jwk" });
}

/** The 32 bytes of the public half. */
export function publicKeyOf(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: "jwk" });
  const bytes = fromBase64(`${x.replaceAll("-", "+").replaceAll("_", "/")}=`);
  if (bytes === undefined) throw new RangeError("not 32 bytes in base64url");
  return bytes;
}

/**
 * Imports public keys and keeps them for next time; the oldest goes when the table is full. Throws for bytes that
 * are none, or not sound.
 */
export function createPublicKeyImporter(
  node: NodeCrypto,
  curve: CurveName,
  isSound: (publicKey: Uint8Array) => boolean,
): (publicKey: Uint8Array) => KeyObject {
  const imported = new Map<string, KeyObject>();
  return (publicKey) => {
    const name = toHex(publicKey);
    const known = imported.get(name);
    if (known !== undefined) return known;
    if (!isSound(publicKey)) throw new RangeError("not a sound key");
    const jwk = { kty: "OKP", crv: curve, x: toBase64Url(publicKey) };
    const key = node.createPublicKey({ key: jwk, format: "jwk" });
    if (imported.size >= importedKeysMax) imported.delete(imported.keys().next().value ?? "");
    imported.set(name, key);
    return key;
  };
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
