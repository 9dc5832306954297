import { concatBytes, equalBytes, utf8 } from "../bytes/index.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { signDomain, verifyDomain } from "../keys/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";
import { kidBytes, publicKeyBytes, type SuiteId, suiteOfByte } from "./suite.ts";

declare const opened: unique symbol;

/** A worker's public key for sealing. A value of this type comes from openKeyConfig(): it is signed and in time. */
export type KeyConfig = {
  readonly suite: SuiteId;
  /** The first 8 bytes of SHA-256 of the public key. */
  readonly kid: Uint8Array;
  /** Unix time from which the worker no longer holds the private key. */
  readonly notAfterMs: number;
  /** 32 or 1,216 bytes. */
  readonly publicKey: Uint8Array;
  readonly [opened]: true;
};

/** Keys rotate hourly with 10 minutes of overlap; one that would live this long breaks that promise. */
export const keyLifetimeMaxMs = 7_200_000;

const magic = utf8("KCF1");
const domain = "cocoon/key-config/1";
const signatureBytes = 64;

/**
 * Signs a key configuration with the worker's identity key. Spec section 4.2, integers big-endian:
 *
 *     magic      4   "KCF1"
 *     suite      1   1 or 2
 *     kid        8   SHA-256(public key), first 8 bytes
 *     notAfter   8   Unix time in milliseconds
 *     size       2   of the public key
 *     publicKey  32 or 1,216
 *     signature  64  domain "cocoon/key-config/1", over all before it
 */
export function signKeyConfig(
  identityKey: SigningKey,
  fields: Pick<KeyConfig, "suite" | "notAfterMs" | "publicKey">,
): Uint8Array {
  const body = new ByteWriter()
    .bytes(magic)
    .uint(fields.suite, 1)
    .bytes(kidOf(fields.publicKey))
    .uint(fields.notAfterMs, 8)
    .uint(fields.publicKey.length, 2)
    .fixed(fields.publicKey, publicKeyBytes(fields.suite))
    .finish();
  return concatBytes(body, signDomain(identityKey, domain, body));
}

/**
 * Parses and verifies a worker's key configuration. Throws key_config_malformed, key_config_signature_invalid, or
 * key_config_expired when it is past its end or its end is more than two hours away.
 */
export function openKeyConfig(
  bytes: Uint8Array,
  identityPublicKey: Uint8Array,
  nowMs: number,
): KeyConfig {
  const reader = new ByteReader(Uint8Array.from(bytes), "key_config_malformed");
  reader.expect(magic);
  const suite = suiteOfByte(reader.uint(1)) ?? malformed("suite");
  const kid = reader.bytes(kidBytes);
  const notAfterMs = reader.uint64AsNumber();
  if (reader.uint(2) !== publicKeyBytes(suite)) malformed("size");
  const publicKey = reader.bytes(publicKeyBytes(suite));
  const body = bytes.subarray(0, reader.offset);
  const signature = reader.bytes(signatureBytes);
  reader.end();
  if (!equalBytes(kid, kidOf(publicKey))) malformed("kid");
  if (!verifyDomain(identityPublicKey, domain, body, signature)) {
    throw new CocoonError("key_config_signature_invalid");
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- the brand: all of it was checked above
  const key = { suite, kid, notAfterMs, publicKey } as KeyConfig;
  requireInTime(key, nowMs);
  return key;
}

/** Throws key_config_expired: for a key that is kept, too, each time that it is used. */
export function requireInTime({ notAfterMs }: KeyConfig, nowMs: number): void {
  if (nowMs >= notAfterMs || notAfterMs > nowMs + keyLifetimeMaxMs) {
    throw new CocoonError("key_config_expired", { notAfterMs });
  }
}

/** The name of a public key. */
export function kidOf(publicKey: Uint8Array): Uint8Array {
  return primitives.sha256(publicKey).slice(0, kidBytes);
}

function malformed(field: string): never {
  throw new CocoonError("key_config_malformed", { field });
}
