// What governance signs. Whoever carries it to the contract pays for it and can change nothing about it.

import { type Builder, type Cell } from "@ton/core";
import {
  ByteWriter,
  cellDigest,
  encodeAddress,
  type RawAddress,
  type SigningKey,
} from "@cocoon/protocol";
import { type KeySet, type KeySignature, signForKeySet, storeSignatures } from "./key-set.ts";
import { changeCell, type Revocation, type RootChange } from "./root-change.ts";

/** What is decided: a change for later, the end of a pending one by its id, or a revocation for now. */
export type Resolution =
  | { readonly action: "propose"; readonly change: RootChange }
  | { readonly action: "cancel"; readonly id: number }
  | { readonly action: "revoke"; readonly revocation: Revocation };

/** One decision of governance, for one root on one network, good once and not for ever. */
export type Statement = {
  readonly networkId: number;
  readonly root: RawAddress;
  /** The one that the root expects next: RootState.sequence. */
  readonly sequence: number;
  /** Unix seconds. */
  readonly validUntilSeconds: number;
  readonly resolution: Resolution;
};

/** A statement with signatures of governance, in the order of its keys. */
export type SignedStatement = Statement & { readonly signatures: readonly KeySignature[] };

const statementTag = 0x474f5631;
const actions = { propose: 1, cancel: 2, revoke: 3 } as const;

/**
 * What the keys sign: the hash of one cell of 90 bytes without references, see cellDigest.
 *
 *     tag           4   "GOV1"
 *     network id    4   signed
 *     root         33   workchain i8, account hash
 *     action        1   1 propose, 2 cancel, 3 revoke
 *     sequence      8
 *     valid until   8   Unix seconds
 *     subject      32   hash of the change's or revocation's cell; the id of what is cancelled
 */
export function statementDigest(statement: Statement): Uint8Array {
  const { networkId, root, sequence, validUntilSeconds, resolution } = statement;
  const body = new ByteWriter()
    .uint(statementTag, 4)
    .int(networkId, 4)
    .bytes(encodeAddress(root))
    .uint(actions[resolution.action], 1)
    .uint(sequence, 8)
    .uint(validUntilSeconds, 8)
    .fixed(subjectOf(resolution), 32)
    .finish();
  return cellDigest(body);
}

function subjectOf(resolution: Resolution): Uint8Array {
  const cell = resolutionCell(resolution);
  if (cell !== undefined) return Uint8Array.from(cell.hash());
  return new ByteWriter().uint(resolution.action === "cancel" ? resolution.id : 0, 32).finish();
}

/** The cell that a resolution carries, or undefined for a cancellation, which carries an id. */
export function resolutionCell(resolution: Resolution): Cell | undefined {
  if (resolution.action === "propose") return changeCell(resolution.change);
  return resolution.action === "revoke" ? changeCell(resolution.revocation) : undefined;
}

/** Signs with some of the keys of governance. A signer that is not one of them is a bug of the caller. */
export function signStatement(
  statement: Statement,
  governance: Pick<KeySet, "keys">,
  signers: readonly SigningKey[],
): SignedStatement {
  const signatures = signForKeySet(governance, statementDigest(statement), signers);
  return { ...statement, signatures };
}

/** What a message carries of it beside the resolution. */
export function storeSigned(statement: SignedStatement): (builder: Builder) => void {
  return (builder) => {
    builder
      .storeUint(statement.sequence, 64)
      .storeUint(statement.validUntilSeconds, 64)
      .store(storeSignatures(statement.signatures));
  };
}
