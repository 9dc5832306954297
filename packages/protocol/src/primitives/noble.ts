import { gcm } from "@noble/ciphers/aes.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { sha3_256, shake256 } from "@noble/hashes/sha3.js";
import { concatBytes, equalBytes } from "../bytes/index.ts";
import type { Primitives } from "./provider.ts";
import { ed25519SignatureBytes, isSoundEd25519Key } from "./ed25519-key.ts";

/** Primitives in plain JavaScript, for browsers. */
export const nobleProvider: Primitives = {
  sha256: (...parts) => sha256(concatBytes(...parts)),
  sha256Stream: () => {
    const state = sha256.create();
    return { update: (part) => void state.update(part), digest: () => state.digest() };
  },
  sha512: (...parts) => sha512(concatBytes(...parts)),
  sha3_256: (...parts) => sha3_256(concatBytes(...parts)),
  shake256: (sizeBytes, ...parts) => shake256(concatBytes(...parts), { dkLen: sizeBytes }),
  hmacSha256: (key, ...parts) => hmac(sha256, key, concatBytes(...parts)),
  hkdfSha256: (secret, salt) => {
    const key = extract(sha256, secret, salt);
    return (info, sizeBytes) => expand(sha256, key, info, sizeBytes);
  },
  aes256GcmSeal: (key, nonce, aad, plaintext) => gcm(key, nonce, aad).encrypt(plaintext),
  aes256GcmOpen: (key, nonce, aad, sealed) => {
    try {
      return gcm(key, nonce, aad).decrypt(sealed);
    } catch {
      return undefined;
    }
  },
  x25519Key: (secret) => {
    return {
      publicKey: x25519.getPublicKey(secret),
      agree: (publicKey) => {
        try {
          return x25519.getSharedSecret(secret, publicKey);
        } catch {
          return undefined;
        }
      },
    };
  },
  ed25519PublicKey: (seed) => ed25519.getPublicKey(seed),
  ed25519Signer: (seed) => (message) => ed25519.sign(message, seed),
  ed25519Verify: (publicKey, message, signature) => {
    if (!isSoundEd25519Key(publicKey) || signature.length !== ed25519SignatureBytes) return false;
    try {
      return verifyWithoutCofactor(publicKey, message, signature);
    } catch {
      return false;
    }
  },
  randomBytes: (sizeBytes) => crypto.getRandomValues(new Uint8Array(sizeBytes)),
};

/**
 * RFC 8032 section 5.1.7 with the equation `R = [S]B - [k]A`, compared as bytes: what OpenSSL does, in Node and in
 * TON's own node. The library's verify() multiplies by the cofactor, and so accepts signatures that those refuse.
 */
function verifyWithoutCofactor(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { Point } = ed25519;
  const order = Point.Fn.ORDER;
  const commitment = signature.subarray(0, 32);
  const response = littleEndian(signature.subarray(32));
  if (response >= order) return false;
  const challenge = littleEndian(sha512(concatBytes(commitment, publicKey, message))) % order;
  const key = Point.fromBytes(publicKey).multiplyUnsafe(challenge);
  return equalBytes(Point.BASE.multiplyUnsafe(response).subtract(key).toBytes(), commitment);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
