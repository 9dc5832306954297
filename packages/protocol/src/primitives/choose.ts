import { nobleProvider } from "./noble.ts";
import { nodeProvider } from "./node.ts";
import type { Primitives } from "./provider.ts";

/** The provider of this runtime. */
export const primitives: Primitives = nodeProvider() ?? nobleProvider;

/** An Ed25519 key that can sign. The seed stays inside. */
export type SigningKey = {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Returns 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array;
};

/** An Ed25519 key that may sign elsewhere and take its time, such as one that WebCrypto does not let out. */
export type Signer = {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Gives 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
};

/** A signing key from its 32-byte seed (RFC 8032 section 5.1.5). */
export function createSigningKey(seed: Uint8Array): SigningKey {
  return { publicKey: primitives.ed25519PublicKey(seed), sign: primitives.ed25519Signer(seed) };
}
