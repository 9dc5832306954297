// The key encapsulation of both suites, put together from primitives that are not ours.

import { concatBytes, utf8 } from "../bytes/index.ts";
import { mlKem768, primitives } from "../primitives/index.ts";
import { hashBytes, LabeledKdf } from "./hpke.ts";

/** A recipient's private half. The secret stays inside. */
export type Decapsulator = {
  /** The shared secret, 32 bytes; undefined for an encapsulation that no honest sender makes. */
  readonly decapsulate: (enc: Uint8Array) => Uint8Array | undefined;
};

export type Kem = {
  /** As in the IANA registry of HPKE. */
  readonly id: number;
  readonly publicKeyBytes: number;
  readonly encBytes: number;
  /** Random bytes that encapsulate() takes. */
  readonly ephemeralBytes: number;
  /** DeriveKeyPair() of RFC 9180 section 4, from 32 random bytes. */
  readonly derive: (ikm: Uint8Array) => Decapsulator & { readonly publicKey: Uint8Array };
  /** Undefined when the public key is not one. */
  readonly encapsulate: (
    publicKey: Uint8Array,
    ephemeral: Uint8Array,
  ) => { readonly sharedSecret: Uint8Array; readonly enc: Uint8Array } | undefined;
};

const nothing = new Uint8Array();
const x25519Bytes = 32;

function kemSuite(id: number): Uint8Array {
  return concatBytes(utf8("KEM"), Uint8Array.of(id >> 8, id & 0xff));
}

const dhkemId = 0x0020;
const dhkemKdf = new LabeledKdf(kemSuite(dhkemId));

/** ExtractAndExpand() of RFC 9180 section 4.1. */
function extractAndExpand(
  agreement: Uint8Array,
  enc: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array {
  const key = dhkemKdf.extract(nothing, "eae_prk", agreement);
  return dhkemKdf.expand(key, "shared_secret", concatBytes(enc, publicKey), hashBytes);
}

/** DHKEM(X25519, HKDF-SHA256): RFC 9180 section 4.1. The ephemeral bytes are the ephemeral private key. */
export const dhkemX25519: Kem = {
  id: dhkemId,
  publicKeyBytes: x25519Bytes,
  encBytes: x25519Bytes,
  ephemeralBytes: x25519Bytes,
  derive: (ikm) => {
    const secret = dhkemKdf.expand(
      dhkemKdf.extract(nothing, "dkp_prk", ikm),
      "sk",
      nothing,
      x25519Bytes,
    );
    const { publicKey, agree } = primitives.x25519Key(secret);
    return {
      publicKey,
      decapsulate: (enc) => {
        const agreement = agree(enc);
        return agreement && extractAndExpand(agreement, enc, publicKey);
      },
    };
  },
  encapsulate: (publicKey, ephemeral) => {
    const { publicKey: enc, agree } = primitives.x25519Key(ephemeral);
    const agreement = agree(publicKey);
    return agreement && { enc, sharedSecret: extractAndExpand(agreement, enc, publicKey) };
  },
};

const hybridId = 0x647a;
/** Of the combiner: the X-Wing draft's picture of one. */
const hybridLabel = utf8("\\.//^\\");
const mlKemSeedBytes = 64;
const mlKemEphemeralBytes = 32;
const mlKemPublicKeyBytes = 1_184;
const mlKemCiphertextBytes = 1_088;

/** The combiner of the X-Wing draft (draft-connolly-cfrg-xwing-kem section 5.3). */
function combine(
  mlKemSecret: Uint8Array,
  agreement: Uint8Array,
  x25519Enc: Uint8Array,
  x25519PublicKey: Uint8Array,
): Uint8Array {
  return primitives.sha3_256(mlKemSecret, agreement, x25519Enc, x25519PublicKey, hybridLabel);
}

/** LabeledDerive() of draft-ietf-hpke-pq with SHAKE256: the 32-byte seed of a key pair. */
function deriveHybridSeed(ikm: Uint8Array): Uint8Array {
  const label = utf8("DeriveKeyPair");
  return primitives.shake256(
    x25519Bytes,
    ikm,
    utf8("HPKE-v1"),
    kemSuite(hybridId),
    Uint8Array.of(0, label.length),
    label,
    Uint8Array.of(0, x25519Bytes),
  );
}

/**
 * MLKEM768-X25519, also named X-Wing. The ephemeral bytes are ML-KEM's message and X25519's private key. Private keys
 * are expanded once, not at each opening.
 */
export const mlKem768X25519: Kem = {
  id: hybridId,
  publicKeyBytes: mlKemPublicKeyBytes + x25519Bytes,
  encBytes: mlKemCiphertextBytes + x25519Bytes,
  ephemeralBytes: mlKemEphemeralBytes + x25519Bytes,
  derive: (ikm) => {
    const expanded = primitives.shake256(mlKemSeedBytes + x25519Bytes, deriveHybridSeed(ikm));
    const lattice = mlKem768.keygen(expanded.subarray(0, mlKemSeedBytes));
    const curve = primitives.x25519Key(expanded.subarray(mlKemSeedBytes));
    return {
      publicKey: concatBytes(lattice.publicKey, curve.publicKey),
      decapsulate: (enc) => {
        const x25519Enc = enc.subarray(mlKemCiphertextBytes);
        const agreement = curve.agree(x25519Enc);
        if (agreement === undefined) return undefined;
        const secret = mlKem768.decapsulate(
          enc.subarray(0, mlKemCiphertextBytes),
          lattice.secretKey,
        );
        return combine(secret, agreement, x25519Enc, curve.publicKey);
      },
    };
  },
  encapsulate: (publicKey, ephemeral) => {
    const x25519PublicKey = publicKey.subarray(mlKemPublicKeyBytes);
    const curve = primitives.x25519Key(ephemeral.subarray(mlKemEphemeralBytes));
    const agreement = curve.agree(x25519PublicKey);
    if (agreement === undefined) return undefined;
    const lattice = encapsulateTo(publicKey.subarray(0, mlKemPublicKeyBytes), ephemeral);
    return (
      lattice && {
        enc: concatBytes(lattice.cipherText, curve.publicKey),
        sharedSecret: combine(lattice.sharedSecret, agreement, curve.publicKey, x25519PublicKey),
      }
    );
  },
};

/** Undefined for bytes that do not encode a key: FIPS 203 section 7.2 has coefficients checked. */
function encapsulateTo(
  publicKey: Uint8Array,
  ephemeral: Uint8Array,
): { readonly cipherText: Uint8Array; readonly sharedSecret: Uint8Array } | undefined {
  try {
    return mlKem768.encapsulate(publicKey, ephemeral.subarray(0, mlKemEphemeralBytes));
  } catch {
    return undefined;
  }
}
