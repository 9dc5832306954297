/** A hash in the making. After digest() it is spent. */
export type HashStream = {
  readonly update: (part: Uint8Array) => void;
  readonly digest: () => Uint8Array;
};

/** An X25519 key (RFC 7748). The secret stays inside. */
export type AgreementKey = {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The shared secret, 32 bytes; undefined when the other key is of small order, so that it would be zero. */
  readonly agree: (publicKey: Uint8Array) => Uint8Array | undefined;
};

/** What one provider of primitives offers. All functions are synchronous and pure except randomBytes. */
export type Primitives = {
  /** 32 bytes. The message is the concatenation of the parts. */
  readonly sha256: (...parts: readonly Uint8Array[]) => Uint8Array;
  /** The same over parts that come one at a time, so that a long stream need not be kept. */
  readonly sha256Stream: () => HashStream;
  /** 64 bytes. */
  readonly sha512: (...parts: readonly Uint8Array[]) => Uint8Array;
  /** 32 bytes. Used where a draft asks for it: once for each hybrid encapsulation. */
  readonly sha3_256: (...parts: readonly Uint8Array[]) => Uint8Array;
  readonly shake256: (sizeBytes: number, ...parts: readonly Uint8Array[]) => Uint8Array;
  /** 32 bytes. */
  readonly hmacSha256: (key: Uint8Array, ...parts: readonly Uint8Array[]) => Uint8Array;
  /** HKDF-SHA256 (RFC 5869): extracts once; what it returns expands for each info. */
  readonly hkdfSha256: (
    secret: Uint8Array,
    salt: Uint8Array,
  ) => (info: Uint8Array, sizeBytes: number) => Uint8Array;
  /** AES-256-GCM; returns ciphertext with its 16-byte tag. Key 32 bytes, nonce 12. */
  readonly aes256GcmSeal: (
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    plaintext: Uint8Array,
  ) => Uint8Array;
  /** The plaintext, or undefined when the tag does not verify. */
  readonly aes256GcmOpen: (
    key: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
    sealed: Uint8Array,
  ) => Uint8Array | undefined;
  /** The key of 32 bytes, which are clamped as RFC 7748 section 5 says; it is imported once. */
  readonly x25519Key: (secret: Uint8Array) => AgreementKey;
  /** Ed25519 public key (32 bytes) of a seed (32 bytes). */
  readonly ed25519PublicKey: (seed: Uint8Array) => Uint8Array;
  /** A function that signs with the key of this seed; the key is imported once. */
  readonly ed25519Signer: (seed: Uint8Array) => (message: Uint8Array) => Uint8Array;
  /**
   * RFC 8032 verification without the cofactor, as OpenSSL and TON do it; false for any malformed key or
   * signature, and for keys of small order. All providers agree on every input.
   */
  readonly ed25519Verify: (
    publicKey: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ) => boolean;
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
};
