// The primitives that the protocol's operations consist of, called as directly as Node allows: the yardsticks.

import { mlKem768 } from "@cocoon/protocol";
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";

const nothing = new Uint8Array();
const nonce = new Uint8Array(12);
const headerHash = new Uint8Array(32);

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** An Ed25519 key that was imported before. */
export function createRawSigner(): {
  readonly sign: (message: Uint8Array) => Uint8Array;
  readonly verify: (message: Uint8Array, signature: Uint8Array) => boolean;
} {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    sign: (message) => sign(null, message, privateKey),
    verify: (message, signature) => verify(null, message, publicKey, signature),
  };
}

/** A recipient's keys, imported before. */
export type RawRecipient = {
  readonly x25519: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly mlKem: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array } | undefined;
};

export function createRawRecipient(isHybrid: boolean): RawRecipient {
  const mlKem = isHybrid ? mlKem768.keygen(randomBytes(64)) : undefined;
  return { x25519: generateKeyPairSync("x25519"), mlKem };
}

/** What a sealed request cannot do without: a fresh key, an agreement, HKDF, one wrapped key, one body, its hash. */
export function rawSeal({ x25519, mlKem }: RawRecipient, body: Uint8Array): void {
  const ephemeral = generateKeyPairSync("x25519");
  let secret: Uint8Array = diffieHellman({
    privateKey: ephemeral.privateKey,
    publicKey: x25519.publicKey,
  });
  if (mlKem !== undefined) {
    const { sharedSecret } = mlKem768.encapsulate(mlKem.publicKey, randomBytes(32));
    secret = createHash("sha3-256").update(secret).update(sharedSecret).digest();
  }
  const key = deriveKeys(secret, mlKem === undefined);
  gcmSeal(key, randomBytes(32));
  sha256(gcmSeal(key, body));
}

export function rawOpen(
  { x25519, mlKem }: RawRecipient,
  enc: { readonly x25519: KeyObject; readonly mlKem: Uint8Array },
  wrappedKey: Uint8Array,
  body: Uint8Array,
): void {
  let secret: Uint8Array = diffieHellman({
    privateKey: x25519.privateKey,
    publicKey: enc.x25519,
  });
  if (mlKem !== undefined) {
    const sharedSecret = mlKem768.decapsulate(enc.mlKem, mlKem.secretKey);
    secret = createHash("sha3-256").update(secret).update(sharedSecret).digest();
  }
  deriveKeys(secret, mlKem === undefined);
  gcmOpen(wrappedKey);
  gcmOpen(body);
  sha256(body);
}

/** RFC 9180: the KEM's own derivation where it is X25519's; key, nonce, exporter and export; then two for the body. */
function deriveKeys(secret: Uint8Array, hasKemDerivation: boolean): Uint8Array {
  const derivations = hasKemDerivation ? 7 : 6;
  let key = secret;
  for (let done = 0; done < derivations; done += 1) {
    key = new Uint8Array(hkdfSync("sha256", key, headerHash, nothing, 32));
  }
  return key;
}

const openKey = new Uint8Array(32).fill(1);

export function gcmSeal(key: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(headerHash);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what gcmSealed() made. */
export function gcmOpen(sealed: Uint8Array): Uint8Array {
  const cipher = createDecipheriv("aes-256-gcm", openKey, nonce);
  cipher.setAAD(headerHash);
  cipher.setAuthTag(sealed.subarray(-16));
  const plaintext = cipher.update(sealed.subarray(0, -16));
  cipher.final();
  return plaintext;
}

export function gcmSealed(plaintext: Uint8Array): Uint8Array {
  return gcmSeal(openKey, plaintext);
}
