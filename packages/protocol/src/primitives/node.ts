// Node's crypto reached without an import, so that a bundler for browsers never meets it.
// The type below is the part of node:crypto that is used: this package compiles without Node's types.

import { concatBytes, fromHex } from "../bytes/index.ts";
import type { Primitives } from "./provider.ts";
import { ed25519SignatureBytes, isSoundEd25519Key } from "./ed25519-key.ts";

type KeyObject = { readonly asymmetricKeyType?: string };
type Cipher = {
  setAAD(aad: Uint8Array): void;
  setAuthTag(tag: Uint8Array): void;
  getAuthTag(): Uint8Array;
  update(bytes: Uint8Array): Uint8Array;
  final(): Uint8Array;
};
type NodeCrypto = {
  createHash(name: string): { update(part: Uint8Array): void; digest(): Uint8Array };
  hkdfSync(
    hash: string,
    secret: Uint8Array,
    salt: Uint8Array,
    info: Uint8Array,
    size: number,
  ): ArrayBuffer;
  createCipheriv(name: string, key: Uint8Array, nonce: Uint8Array): Cipher;
  createDecipheriv(name: string, key: Uint8Array, nonce: Uint8Array, options: object): Cipher;
  createPrivateKey(options: object): KeyObject;
  createPublicKey(options: object | KeyObject): KeyObject & { export(options: object): Uint8Array };
  sign(algorithm: null, message: Uint8Array, key: KeyObject): Uint8Array;
  verify(algorithm: null, message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean;
  randomBytes(size: number): Uint8Array;
};

/** Fixed DER around a raw Ed25519 key: PKCS#8 (RFC 8410 section 7) and SubjectPublicKeyInfo (section 4). */
const privateKeyPrefix = fromHex("302e020100300506032b657004220420") ?? new Uint8Array();
const publicKeyPrefix = fromHex("302a300506032b6570032100") ?? new Uint8Array();
const gcmTagBytes = 16;
/** One imported key costs about 1 KiB: 1,024 of them fit in 1 MiB. */
const importedKeysMax = 1_024;

function findNodeCrypto(): NodeCrypto | undefined {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the shape is checked by use
  const host = globalThis as {
    process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined };
  };
  return host.process?.getBuiltinModule?.("node:crypto");
}

/** Plain Uint8Arrays leave this file: a Buffer's methods differ (`slice` shares memory). */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Primitives on OpenSSL, or undefined where this is not Node. */
export function nodeProvider(): Primitives | undefined {
  const node = findNodeCrypto();
  if (node === undefined) return undefined;
  const hash =
    (name: string) =>
    (...parts: readonly Uint8Array[]) => {
      const state = node.createHash(name);
      for (const part of parts) state.update(part);
      return plain(state.digest());
    };
  const importPrivate = (seed: Uint8Array) =>
    node.createPrivateKey({
      key: concatBytes(privateKeyPrefix, seed),
      format: "der",
      type: "pkcs8",
    });
  return {
    sha256: hash("sha256"),
    sha256Stream: () => {
      const state = node.createHash("sha256");
      return { update: (part) => state.update(part), digest: () => plain(state.digest()) };
    },
    sha512: hash("sha512"),
    hkdfSha256: (secret, salt, info, size) =>
      new Uint8Array(node.hkdfSync("sha256", secret, salt, info, size)),
    aes256GcmSeal: (key, nonce, aad, plaintext) => {
      const cipher = node.createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(aad);
      return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
    },
    aes256GcmOpen: (key, nonce, aad, sealed) => openGcm(node, { key, nonce, aad, sealed }),
    ed25519PublicKey: (seed) => {
      const spki = node
        .createPublicKey(importPrivate(seed))
        .export({ format: "der", type: "spki" });
      return Uint8Array.from(spki.subarray(publicKeyPrefix.length));
    },
    ed25519Signer: (seed) => {
      const key = importPrivate(seed);
      return (message) => plain(node.sign(null, message, key));
    },
    ed25519Verify: createVerifier(node),
    randomBytes: (size) => plain(node.randomBytes(size)),
  };
}

type SealedInput = Readonly<Record<"key" | "nonce" | "aad" | "sealed", Uint8Array>>;

function openGcm(node: NodeCrypto, input: SealedInput): Uint8Array | undefined {
  const tagOffset = input.sealed.length - gcmTagBytes;
  if (tagOffset < 0) return undefined;
  const options = { authTagLength: gcmTagBytes };
  const cipher = node.createDecipheriv("aes-256-gcm", input.key, input.nonce, options);
  cipher.setAAD(input.aad);
  cipher.setAuthTag(input.sealed.subarray(tagOffset));
  const plaintext = cipher.update(input.sealed.subarray(0, tagOffset));
  try {
    cipher.final();
  } catch {
    return undefined;
  }
  return plain(plaintext);
}

/** Verifies with imported keys kept for next time; the oldest goes when the table is full. */
function createVerifier(node: NodeCrypto): Primitives["ed25519Verify"] {
  const imported = new Map<string, KeyObject>();
  const importPublic = (publicKey: Uint8Array): KeyObject => {
    const name = publicKey.join();
    const known = imported.get(name);
    if (known !== undefined) return known;
    const der = concatBytes(publicKeyPrefix, publicKey);
    const key = node.createPublicKey({ key: der, format: "der", type: "spki" });
    if (imported.size >= importedKeysMax) imported.delete(imported.keys().next().value ?? "");
    imported.set(name, key);
    return key;
  };
  return (publicKey, message, signature) => {
    if (!isSoundEd25519Key(publicKey) || signature.length !== ed25519SignatureBytes) return false;
    try {
      return node.verify(null, message, importPublic(publicKey), signature);
    } catch {
      return false;
    }
  };
}
