// HPKE (RFC 9180) as sealed requests use it: base mode, HKDF-SHA256, AES-256-GCM, one message and one export.
// Checked by the vectors of the RFC and of CFRG. Lengths here are at most 32 bytes: one block of HKDF.

import { concatBytes, utf8 } from "../bytes/index.ts";
import { primitives } from "../primitives/index.ts";

const version = utf8("HPKE-v1");
const nothing = new Uint8Array();
const modeBase = Uint8Array.of(0);
const kdfHkdfSha256 = Uint8Array.of(0, 1);
const aeadAes256Gcm = Uint8Array.of(0, 2);
const keyBytes = 32;
const nonceBytes = 12;
export const hashBytes = 32;

/** LabeledExtract() and LabeledExpand() of section 4, bound to a suite. */
export class LabeledKdf {
  readonly #prefix: Uint8Array;

  constructor(suiteId: Uint8Array) {
    this.#prefix = concatBytes(version, suiteId);
  }

  extract(salt: Uint8Array, label: string, secret: Uint8Array): Uint8Array {
    return primitives.hmacSha256(salt, this.#prefix, utf8(label), secret);
  }

  expand(key: Uint8Array, label: string, info: Uint8Array, sizeBytes: number): Uint8Array {
    if (sizeBytes > hashBytes) throw new RangeError("more than one block");
    const first = Uint8Array.of(1);
    const size = Uint8Array.of(0, sizeBytes);
    const block = primitives.hmacSha256(key, size, this.#prefix, utf8(label), info, first);
    return block.subarray(0, sizeBytes);
  }
}

/** What sender and recipient share after one encapsulation. */
export type HpkeContext = {
  /** The first message: section 5.2 with sequence number 0. */
  readonly seal: (plaintext: Uint8Array, aad: Uint8Array) => Uint8Array;
  /** Undefined when it does not verify. */
  readonly open: (ciphertext: Uint8Array, aad: Uint8Array) => Uint8Array | undefined;
  /** Section 5.3; at most 32 bytes. */
  readonly exportSecret: (exporterContext: Uint8Array, sizeBytes: number) => Uint8Array;
};

/** The key schedule of section 5.1 in base mode, by the KEM's id. */
export class KeySchedule {
  readonly #kdf: LabeledKdf;
  readonly #pskIdHash: Uint8Array;

  constructor(kemId: number) {
    const kem = Uint8Array.of(kemId >> 8, kemId & 0xff);
    this.#kdf = new LabeledKdf(concatBytes(utf8("HPKE"), kem, kdfHkdfSha256, aeadAes256Gcm));
    this.#pskIdHash = this.#kdf.extract(nothing, "psk_id_hash", nothing);
  }

  context(sharedSecret: Uint8Array, info: Uint8Array): HpkeContext {
    const kdf = this.#kdf;
    const infoHash = kdf.extract(nothing, "info_hash", info);
    const scheduleContext = concatBytes(modeBase, this.#pskIdHash, infoHash);
    const secret = kdf.extract(sharedSecret, "secret", nothing);
    const key = kdf.expand(secret, "key", scheduleContext, keyBytes);
    const nonce = kdf.expand(secret, "base_nonce", scheduleContext, nonceBytes);
    const exporter = kdf.expand(secret, "exp", scheduleContext, hashBytes);
    return {
      seal: (plaintext, aad) => primitives.aes256GcmSeal(key, nonce, aad, plaintext),
      open: (ciphertext, aad) => primitives.aes256GcmOpen(key, nonce, aad, ciphertext),
      exportSecret: (label, sizeBytes) => kdf.expand(exporter, "sec", label, sizeBytes),
    };
  }
}
