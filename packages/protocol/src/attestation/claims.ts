// What a TEE's quote commits to: who the worker is, for which network, with which model, and for how long.

import { fromHex, toHex, utf8 } from "../bytes/index.ts";
import {
  addressBytes,
  addressOf,
  ByteReader,
  ByteWriter,
  encodeAddress,
  parseAddress,
  type RawAddress,
} from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { type Role, roleByte, roleOfByte } from "./role.ts";

export type Claims = {
  /** True exactly where the evidence comes from a simulated vendor. */
  readonly simulated: boolean;
  readonly role: Role;
  /** TON global id: mainnet -239, testnet -3. */
  readonly networkId: number;
  readonly rootAddress: RawAddress;
  /** Hex; see workerIdOf. */
  readonly workerId: string;
  /** Ed25519 key that was made inside the TEE at this boot and signs receipts and key configurations. 32 bytes. */
  readonly identityKey: Uint8Array;
  readonly payout: RawAddress;
  /** 16 random bytes, new at every boot. */
  readonly bootNonce: Uint8Array;
  /** Unix milliseconds; the two are at most 24 hours apart. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** A masterchain block that existed when the claims were made: they are not older than it. Hash in hex. */
  readonly anchorSeqno: number;
  readonly anchorRootHash: string;
  /** Of the one model that is served. Hex. */
  readonly manifestHash: string;
  /** Of the engine that serves it. Hex. */
  readonly engineHash: string;
  /** Of the GPU's evidence, hex; zeros where there is none. */
  readonly gpuEvidenceHash: string;
};

export const claimsBytes = 305;
export const claimsValidityMsMax = 24 * 3_600_000;
/** The hash that stands for "none". */
export const noHash = "00".repeat(32);

const magic = utf8("CLM1");
const domain = utf8("cocoon/claims/1\0");
const workerDomain = utf8("cocoon/worker/1\0");
const simulatedFlag = 1;

/** Names a worker by its identity key: SHA-256 of "cocoon/worker/1", a zero byte and the key. Hex. */
export function workerIdOf(identityKey: Uint8Array): string {
  return toHex(primitives.sha256(workerDomain, identityKey));
}

/** Names the claims: SHA-256 of "cocoon/claims/1", a zero byte and the 305 bytes. Hex. */
export function claimsHash(claims: Uint8Array): string {
  return toHex(primitives.sha256(domain, claims));
}

/** What the quote must carry: SHA-512 of "cocoon/claims/1", a zero byte and the 305 bytes. 64 bytes. */
export function reportData(claims: Uint8Array): Uint8Array {
  return primitives.sha512(domain, claims);
}

/**
 * Encodes claims. Spec section 2.2; integers big-endian:
 *
 *     "CLM1"            4 bytes
 *     flags             2   bit 0: simulated; the others are zero
 *     role              1   1 worker, 2 proxy
 *     networkId         4   signed
 *     rootAddress      33   workchain 1, account hash 32
 *     workerId         32
 *     identityKey      32   Ed25519
 *     payout           33
 *     bootNonce        16
 *     notBefore         8   Unix milliseconds
 *     notAfter          8
 *     anchorSeqno       4
 *     anchorRootHash   32
 *     manifestHash     32
 *     engineHash       32
 *     gpuEvidenceHash  32   zeros: none
 *
 * A field that does not fit is a bug of the caller.
 */
export function encodeClaims(claims: Claims): Uint8Array {
  return new ByteWriter()
    .bytes(magic)
    .uint(claims.simulated ? simulatedFlag : 0, 2)
    .uint(roleByte(claims.role), 1)
    .int(claims.networkId, 4)
    .bytes(encodeAddress(claims.rootAddress))
    .fixed(hashOf(claims.workerId), 32)
    .fixed(claims.identityKey, 32)
    .bytes(encodeAddress(claims.payout))
    .fixed(claims.bootNonce, 16)
    .uint(claims.notBeforeMs, 8)
    .uint(claims.notAfterMs, 8)
    .uint(claims.anchorSeqno, 4)
    .fixed(hashOf(claims.anchorRootHash), 32)
    .fixed(hashOf(claims.manifestHash), 32)
    .fixed(hashOf(claims.engineHash), 32)
    .fixed(hashOf(claims.gpuEvidenceHash), 32)
    .finish();
}

/** Reads the layout above. Throws claims_malformed, also where the validity is empty or above 24 hours. */
export function parseClaims(bytes: Uint8Array): Claims {
  const reader = new ByteReader(bytes, "claims_malformed");
  reader.expect(magic);
  const flags = reader.uint(2);
  const role = roleOfByte(reader.uint(1));
  if (flags > simulatedFlag) refuse("flags");
  if (role === undefined) refuse("role");
  const claims = {
    simulated: flags === simulatedFlag,
    role,
    networkId: reader.int(4),
    rootAddress: readAddress(reader),
    workerId: readHash(reader),
    identityKey: reader.bytes(32).slice(),
    payout: readAddress(reader),
    bootNonce: reader.bytes(16).slice(),
    notBeforeMs: reader.uint64AsNumber(),
    notAfterMs: reader.uint64AsNumber(),
    anchorSeqno: reader.uint(4),
    anchorRootHash: readHash(reader),
    manifestHash: readHash(reader),
    engineHash: readHash(reader),
    gpuEvidenceHash: readHash(reader),
  };
  reader.end();
  const validityMs = claims.notAfterMs - claims.notBeforeMs;
  if (validityMs <= 0 || validityMs > claimsValidityMsMax) refuse("validity");
  return claims;
}

function refuse(field: string): never {
  throw new CocoonError("claims_malformed", { field });
}

function readAddress(reader: ByteReader): RawAddress {
  const address = addressOf(reader.bytes(addressBytes));
  if (parseAddress(address) === undefined) refuse("address");
  return address;
}

function readHash(reader: ByteReader): string {
  return toHex(reader.bytes(32));
}

function hashOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}
