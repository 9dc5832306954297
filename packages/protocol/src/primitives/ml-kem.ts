// ML-KEM-768 (FIPS 203): libsodium's, as WebAssembly, in Node; the noble library's, in plain JavaScript, in browsers and until
// the other is compiled. They give the same bytes; WebAssembly takes a sixth of the time.

import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import type sodium from "libsodium-wrappers";
import { findNodeCrypto } from "./node-crypto.ts";

export type MlKem = {
  /** From a seed of 64 bytes: 1,184 and 2,400 bytes. */
  readonly keygen: (seed: Uint8Array) => {
    readonly publicKey: Uint8Array;
    readonly secretKey: Uint8Array;
  };
  /** With a message of 32 random bytes: 1,088 and 32 bytes. Throws for bytes that encode no key (section 7.2). */
  readonly encapsulate: (
    publicKey: Uint8Array,
    message: Uint8Array,
  ) => { readonly cipherText: Uint8Array; readonly sharedSecret: Uint8Array };
  /** 32 bytes, whatever the ciphertext of 1,088 bytes is. */
  readonly decapsulate: (cipherText: Uint8Array, secretKey: Uint8Array) => Uint8Array;
};

export const nobleMlKem768: MlKem = {
  keygen: (seed) => ml_kem768.keygen(seed),
  encapsulate: (publicKey, message) => ml_kem768.encapsulate(publicKey, message),
  decapsulate: (cipherText, secretKey) => ml_kem768.decapsulate(cipherText, secretKey),
};

/** Undefined where this is not Node, or the package is not installed beside this one. */
export async function loadSodiumMlKem768(): Promise<MlKem | undefined> {
  if (findNodeCrypto() === undefined) return undefined;
  try {
    // Only here, so that no page ever loads its 300 kB.
    const { default: library } = await import("libsodium-wrappers");
    await library.ready;
    return fromSodium(library);
  } catch {
    return undefined;
  }
}

function fromSodium(library: typeof sodium): MlKem {
  return {
    keygen: (seed) => {
      const pair = library.crypto_kem_mlkem768_seed_keypair(seed);
      return { publicKey: pair.publicKey, secretKey: pair.privateKey };
    },
    encapsulate: (publicKey, message) => {
      const sent = library.crypto_kem_mlkem768_enc_deterministic(publicKey, message);
      return { cipherText: sent.ciphertext, sharedSecret: sent.sharedSecret };
    },
    decapsulate: (cipherText, secretKey) => library.crypto_kem_mlkem768_dec(cipherText, secretKey),
  };
}

let fastest = nobleMlKem768;
void loadFastest();

async function loadFastest(): Promise<void> {
  fastest = (await loadSodiumMlKem768()) ?? nobleMlKem768;
}

/** The fastest that this runtime has at the time of the call. */
export const mlKem768: MlKem = {
  keygen: (seed) => fastest.keygen(seed),
  encapsulate: (publicKey, message) => fastest.encapsulate(publicKey, message),
  decapsulate: (cipherText, secretKey) => fastest.decapsulate(cipherText, secretKey),
};
