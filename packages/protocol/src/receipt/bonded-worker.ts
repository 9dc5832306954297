// What a worker's bond contract is shown beside receipts. Both are the hash of a cell, as all that is signed for TON alone.

import { ByteWriter, encodeAddress, type RawAddress } from "../codec/index.ts";
import { cellDigest } from "../keys/index.ts";

const hashBytes = 32;
/** "WID1". */
const identityTag = 0x5749_4431;
/** "VRD1". */
const verdictTag = 0x5652_4431;

/** An identity key that a bond answers for. */
export type BondedIdentity = {
  /** TON global id. */
  readonly networkId: number;
  /** The contract that holds the worker's bond. */
  readonly bond: RawAddress;
  /** Ed25519, 32 bytes: signs receipts. For one network alone, as receipts name none. */
  readonly identityKey: Uint8Array;
  /** Unix seconds. */
  readonly notAfterSeconds: number;
};

/**
 * The 32 bytes that the bond key signs for each boot's identity key: the hash of a cell that holds, big-endian,
 *
 *     tag           4 bytes   "WID1"
 *     networkId     4 bytes   signed
 *     bond         33 bytes   workchain, account hash
 *     identityKey  32 bytes
 *     notAfter      8 bytes   Unix seconds
 */
export function bondedIdentityDigest(identity: BondedIdentity): Uint8Array {
  const body = new ByteWriter()
    .uint(identityTag, 4)
    .int(identity.networkId, 4)
    .bytes(encodeAddress(identity.bond))
    .fixed(identity.identityKey, hashBytes)
    .uint(identity.notAfterSeconds, 8)
    .finish();
  return cellDigest(body);
}

/** What auditors say of a worker. */
export type Verdict = {
  /** TON global id. */
  readonly networkId: number;
  /** The contract that holds the worker's bond. */
  readonly bond: RawAddress;
  /** The verdicts that the bond has had before. */
  readonly round: number;
  /** Leaf hash of the receipt that shows the fault, 32 bytes. */
  readonly receipt: Uint8Array;
  /** u8. */
  readonly reason: number;
};

/**
 * The 32 bytes that an auditor signs: the hash of a cell that holds, big-endian,
 *
 *     tag           4 bytes   "VRD1"
 *     networkId     4 bytes   signed
 *     bond         33 bytes   workchain, account hash
 *     round         4 bytes
 *     receipt      32 bytes
 *     reason        1 byte
 */
export function verdictDigest(verdict: Verdict): Uint8Array {
  const body = new ByteWriter()
    .uint(verdictTag, 4)
    .int(verdict.networkId, 4)
    .bytes(encodeAddress(verdict.bond))
    .uint(verdict.round, 4)
    .fixed(verdict.receipt, hashBytes)
    .uint(verdict.reason, 1)
    .finish();
  return cellDigest(body);
}
