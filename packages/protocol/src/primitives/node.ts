// Primitives on Node's own OpenSSL.

import { concatBytes } from "../bytes/index.ts";
import { ed25519SignatureBytes, isSoundEd25519Key } from "./ed25519-key.ts";
import { findNodeCrypto, type NodeCrypto } from "./node-crypto.ts";
import { createPublicKeyImporter, importPrivateKey, publicKeyOf } from "./node-keys.ts";
import type { Primitives } from "./provider.ts";

const gcmTagBytes = 16;

/** Plain Uint8Arrays leave this file: a Buffer's methods differ (`slice` shares memory). */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Primitives on OpenSSL, or undefined where this is not Node. */
export function nodeProvider(): Primitives | undefined {
  const node = findNodeCrypto();
  if (node === undefined) return undefined;
  return {
    ...createHashes(node),
    aes256GcmSeal: (key, nonce, aad, plaintext) => {
      const cipher = node.createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(aad);
      return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
    },
    aes256GcmOpen: (key, nonce, aad, sealed) => openGcm(node, { key, nonce, aad, sealed }),
    x25519Key: createAgreement(node),
    ed25519PublicKey: (seed) => publicKeyOf(importPrivateKey(node, "Ed25519", seed)),
    ed25519Signer: (seed) => {
      const key = importPrivateKey(node, "Ed25519", seed);
      return (message) => plain(node.sign(null, message, key));
    },
    ed25519Verify: createVerifier(node),
    randomBytes: (size) => plain(node.randomBytes(size)),
  };
}

type Hashes = Pick<
  Primitives,
  "sha256" | "sha256Stream" | "sha512" | "sha3_256" | "shake256" | "hmacSha256" | "hkdfSha256"
>;
type HashState = ReturnType<NodeCrypto["createHash"]>;

function createHashes(node: NodeCrypto): Hashes {
  const digestOf = (state: HashState, parts: readonly Uint8Array[]): Uint8Array => {
    for (const part of parts) state.update(part);
    return plain(state.digest());
  };
  /** At once: half the cost of a hash object for the few hundred bytes that are usual. */
  const hash =
    (name: string) =>
    (...parts: readonly Uint8Array[]): Uint8Array => {
      const [only = new Uint8Array()] = parts;
      return plain(node.hash(name, parts.length > 1 ? concatBytes(...parts) : only, "buffer"));
    };
  const hmacSha256: Hashes["hmacSha256"] = (key, ...parts) =>
    digestOf(node.createHmac("sha256", key), parts);
  return {
    sha256: hash("sha256"),
    sha256Stream: () => {
      const state = node.createHash("sha256");
      return { update: (part) => state.update(part), digest: () => plain(state.digest()) };
    },
    sha512: hash("sha512"),
    sha3_256: hash("sha3-256"),
    shake256: (size, ...parts) =>
      digestOf(node.createHash("shake256", { outputLength: size }), parts),
    hmacSha256,
    hkdfSha256: (secret, salt) => createExpander(hmacSha256, hmacSha256(salt, secret)),
  };
}

/** RFC 5869 section 2.3. OpenSSL's own through Node does both steps at each call, and takes twice as long for the two. */
function createExpander(
  hmacSha256: Hashes["hmacSha256"],
  key: Uint8Array,
): ReturnType<Hashes["hkdfSha256"]> {
  return (info, sizeBytes) => {
    const blocks: Uint8Array[] = [];
    let last: Uint8Array = new Uint8Array();
    for (let size = 0; size < sizeBytes; size += last.length) {
      last = hmacSha256(key, last, info, Uint8Array.of(blocks.length + 1));
      blocks.push(last);
    }
    return concatBytes(...blocks).subarray(0, sizeBytes);
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

function createAgreement(node: NodeCrypto): Primitives["x25519Key"] {
  const importPublic = createPublicKeyImporter(node, "X25519", () => true);
  return (secret) => {
    const privateKey = importPrivateKey(node, "X25519", secret);
    return {
      publicKey: publicKeyOf(privateKey),
      agree: (other) => {
        try {
          return plain(node.diffieHellman({ privateKey, publicKey: importPublic(other) }));
        } catch {
          return undefined;
        }
      },
    };
  };
}

function createVerifier(node: NodeCrypto): Primitives["ed25519Verify"] {
  const importPublic = createPublicKeyImporter(node, "Ed25519", isSoundEd25519Key);
  return (publicKey, message, signature) => {
    if (signature.length !== ed25519SignatureBytes) return false;
    try {
      return node.verify(null, message, importPublic(publicKey), signature);
    } catch {
      return false;
    }
  };
}
