// A log's promise to show a leaf at an index in every checkpoint that covers it. Breaking it is provable on chain.

import { concatBytes, equalBytes, utf8 } from "../bytes/index.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { signDomain, verifyDomain } from "../keys/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";
import { hashBytes } from "./hash.ts";

export type InclusionPromise = {
  /** SHA-256 of the log's public key. */
  readonly logId: Uint8Array;
  readonly leafHash: Uint8Array;
  /** Of the leaf in the log, from 0. */
  readonly index: number;
  /** When the leaf was made durable, Unix milliseconds by the log's clock. */
  readonly timestampMs: number;
};

/** Size of a signed promise. */
export const promiseBytes = 148;

const magic = utf8("PRM1");
const domain = "cocoon/promise/1";
const bodyBytes = 84;

/** 32 bytes that name a log: SHA-256 of its Ed25519 public key. */
export function logIdOf(publicKey: Uint8Array): Uint8Array {
  return primitives.sha256(publicKey);
}

/** Signs a promise with the log's key; returns 148 bytes. */
export function signPromise(key: SigningKey, promise: Omit<InclusionPromise, "logId">): Uint8Array {
  const body = new ByteWriter()
    .bytes(magic)
    .fixed(logIdOf(key.publicKey), hashBytes)
    .fixed(promise.leafHash, hashBytes)
    .uint(promise.index, 8)
    .uint(promise.timestampMs, 8)
    .finish();
  return concatBytes(body, signDomain(key, domain, body));
}

/**
 * Reads a promise without verifying it; throws promise_invalid. Integers big-endian:
 *
 *     magic         4 bytes   "PRM1"
 *     logId        32 bytes   SHA-256 of the log's public key
 *     leafHash     32 bytes   RFC 6962 leaf hash of the receipt
 *     index         8 bytes
 *     timestampMs   8 bytes
 *     signature    64 bytes   Ed25519 under "cocoon/promise/1" over the 84 bytes before it
 */
export function parsePromise(bytes: Uint8Array): InclusionPromise {
  const reader = new ByteReader(bytes, "promise_invalid");
  reader.expect(magic);
  const promise = {
    logId: reader.bytes(hashBytes),
    leafHash: reader.bytes(hashBytes),
    index: reader.uint64AsNumber(),
    timestampMs: reader.uint64AsNumber(),
  };
  reader.bytes(promiseBytes - bodyBytes);
  reader.end();
  return promise;
}

/** A log's clock may be this far ahead of a client's. */
const clockSkewMs = 60_000;

/**
 * The promise that a client may rely on: the log's, of this leaf, and not from the future, as a later time would put off
 * the deadline by which the leaf must be anchored. Throws promise_invalid.
 */
export function acceptPromise(
  bytes: Uint8Array,
  publicKey: Uint8Array,
  { leafHash, nowMs }: { readonly leafHash: Uint8Array; readonly nowMs: number },
): InclusionPromise {
  const promise = verifyPromise(bytes, publicKey);
  if (!equalBytes(promise.leafHash, leafHash)) {
    throw new CocoonError("promise_invalid", { reason: "another receipt" });
  }
  if (promise.timestampMs > nowMs + clockSkewMs) {
    throw new CocoonError("promise_invalid", { reason: "from the future" });
  }
  return promise;
}

/** The promise that the log with this key made; throws promise_invalid when it made none. */
export function verifyPromise(bytes: Uint8Array, publicKey: Uint8Array): InclusionPromise {
  const promise = parsePromise(bytes);
  const isOfLog =
    equalBytes(promise.logId, logIdOf(publicKey)) &&
    verifyDomain(publicKey, domain, bytes.subarray(0, bodyBytes), bytes.subarray(bodyBytes));
  if (!isOfLog) throw new CocoonError("promise_invalid", { reason: "signature" });
  return promise;
}
