// A log's second signature of a tree head: the one under a COSE receipt of inclusion, RFC 9942. It travels as a line of
// the note, so that whoever holds a proof can make such a receipt years later, without asking the log.

import { concatBytes, equalBytes, fromHex, toBase64, utf8 } from "../bytes/index.ts";
import {
  coseEdDsa,
  type CoseHeader,
  coseLabel,
  coseSigned,
  encodeCbor,
  encodeSign1,
} from "../cose/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";
import { type Checkpoint, type LogIdentity, verifyCheckpoint } from "./checkpoint.ts";
import { type NoteKey, parseNote } from "./note.ts";

/** RFC9162_SHA256, the tree of chapter 7. */
const rfc9162Sha256 = 1;
const issuerClaim = 1;
const inclusionProofs = -1;
/** A signature type of nobody else's: C2SP signed-note gives 0xff to those that name themselves. */
const coseType = concatBytes(Uint8Array.of(0x0a, 0xff), utf8("cocoon/cose-head/1"));

/** SHA-256(name || 0x0A || 0xFF || "cocoon/cose-head/1" || public key), the first 4 bytes. */
function coseKeyId({ name, publicKey }: NoteKey): Uint8Array {
  return primitives.sha256(utf8(name), coseType, publicKey).subarray(0, 4);
}

/** `{1: -8, 15: {1: origin}, 395: 1}`: the algorithm, whose log it is, and which kind of tree. */
function headerOf(origin: string): CoseHeader {
  return new Map<number, number | CoseHeader>([
    [coseLabel.algorithm, coseEdDsa],
    [coseLabel.cwtClaims, new Map([[issuerClaim, origin]])],
    [coseLabel.verifiableDataStructure, rfc9162Sha256],
  ]);
}

/** The line that a log adds to its own note, with its newline. Spec section 7.10. */
export function coseHeadLine(key: SigningKey, { origin, root }: Checkpoint): string {
  const keyId = coseKeyId({ name: origin, publicKey: key.publicKey });
  const signature = key.sign(coseSigned(headerOf(origin), root));
  return `— ${origin} ${toBase64(concatBytes(keyId, signature))}\n`;
}

/**
 * The log's COSE signature of a note's tree head, 64 bytes; undefined where it has none. Throws as verifyCheckpoint()
 * does, and checkpoint_signature_invalid for one that does not verify.
 */
export function coseHeadSignature(note: string, log: LogIdentity): Uint8Array | undefined {
  const { origin, root } = verifyCheckpoint(note, log);
  const keyId = coseKeyId({ name: origin, publicKey: log.publicKey });
  const message = coseSigned(headerOf(origin), root);
  const own = parseNote(note)
    .signatures.filter((line) => line.name === origin && equalBytes(line.keyId, keyId))
    .map(({ signature }) => signature);
  if (own.every((each) => primitives.ed25519Verify(log.publicKey, message, each))) return own[0];
  throw new CocoonError("checkpoint_signature_invalid", { reason: "COSE" });
}

/** A COSE receipt of inclusion, RFC 9942: detached, so that who verifies it computes the root. */
export function encodeInclusionReceipt(
  signature: Uint8Array,
  proof: {
    readonly origin: string;
    readonly treeSize: number;
    readonly leafIndex: number;
    /** Hex, deepest first. */
    readonly inclusion: readonly string[];
  },
): Uint8Array {
  const path = proof.inclusion.map((hash) => fromHex(hash) ?? new Uint8Array());
  const encoded = encodeCbor([proof.treeSize, proof.leafIndex, path]);
  const proofs = new Map([[inclusionProofs, [encoded]]]);
  return encodeSign1({
    protectedHeader: headerOf(proof.origin),
    unprotectedHeader: new Map([[coseLabel.verifiableDataProofs, proofs]]),
    payload: null,
    signature,
  });
}
