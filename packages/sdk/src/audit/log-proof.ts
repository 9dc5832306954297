// Where a receipt stands in a proxy's log: RFC 9162 inclusion, a C2SP checkpoint, an anchor on TON.

import {
  type AnchorRecord,
  type Checkpoint,
  CocoonError,
  coseHeadSignature,
  fromHex,
  hashLeaf,
  type JsonReader,
  type LogProof,
  logOrigin,
  parseCheckpoint,
  parseNote,
  type RawAddress,
  readAnchor,
  toHex,
  verifyCheckpoint,
  verifyInclusion,
} from "@cocoon/protocol";

/** How far an answer's proof has come: by the worker, in the log, on TON. */
export type ReceiptState = "signed" | "included" | "anchored";

/** A proxy's log, as its bond names it. */
export type ProxyLog = {
  readonly networkId: number;
  readonly bond: RawAddress;
  /** Log key, Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
};

const inclusionMax = 64;
const checkpointLengthMax = 131_072;

/** The state that a proof is for; it says nothing of whether the proof holds. */
export function receiptState(proof: LogProof | undefined): ReceiptState {
  if (proof === undefined) return "signed";
  return proof.anchor === undefined ? "included" : "anchored";
}

/**
 * Verifies all of a log's proof that needs no chain, and returns the state that it is for. That the anchor stands on
 * TON is for verifyProofFile() to find out. Throws checkpoint_malformed, checkpoint_signature_invalid,
 * inclusion_invalid or anchor_mismatch.
 */
export function verifyLogProof(
  receipt: Uint8Array,
  proof: LogProof,
  log: ProxyLog,
  verify = verifyLogCheckpoint,
): "included" | "anchored" {
  const checkpoint = verify(proof, log);
  verifyReceiptInclusion(receipt, proof, checkpoint);
  if (proof.anchor === undefined) return "included";
  matchAnchor(proof.anchor, log.bond, checkpoint);
  return "anchored";
}

/** The checkpoint, when this log signed it. Throws checkpoint_malformed or checkpoint_signature_invalid. */
export function verifyLogCheckpoint(proof: LogProof, log: ProxyLog): Checkpoint {
  const { networkId, bond, publicKey } = log;
  const identity = { origin: logOrigin(networkId, bond), publicKey };
  coseHeadSignature(proof.checkpoint, identity);
  return verifyCheckpoint(proof.checkpoint, identity);
}

/** Checkpoints of different logs and sizes that are asked about side by side. */
const rememberedMax = 64;

/** A verifyLogCheckpoint() that verifies the signatures of a checkpoint once, though hundreds of receipts rest on it. */
export function createCheckpointVerifier(): typeof verifyLogCheckpoint {
  const verified = new Map<string, Checkpoint>();
  return (proof, log) => {
    const { networkId, bond, publicKey } = log;
    const key = `${networkId}/${bond}/${toHex(publicKey)}/${proof.checkpoint}`;
    const known = verified.get(key);
    if (known !== undefined) return known;
    const checkpoint = verifyLogCheckpoint(proof, log);
    if (verified.size >= rememberedMax) verified.clear();
    verified.set(key, checkpoint);
    return checkpoint;
  };
}

/** What the proof's checkpoint says, whoever signed it. Throws checkpoint_malformed. */
export function claimedCheckpoint(proof: LogProof): Checkpoint {
  return parseCheckpoint(parseNote(proof.checkpoint).text);
}

/** Throws inclusion_invalid unless the receipt is a leaf of the checkpoint's tree. */
export function verifyReceiptInclusion(
  receipt: Uint8Array,
  proof: LogProof,
  checkpoint: Checkpoint,
): void {
  if (proof.treeSize !== checkpoint.size) {
    throw new CocoonError("inclusion_invalid", { reason: "tree size" });
  }
  verifyInclusion({
    leaf: hashLeaf(receipt),
    index: proof.leafIndex,
    head: checkpoint,
    proof: proof.inclusion.map((hash) => fromHex(hash) ?? new Uint8Array()),
  });
}

/** Throws anchor_mismatch unless the record is of this bond, and of exactly this checkpoint. */
export function matchAnchor(anchor: AnchorRecord, bond: RawAddress, checkpoint: Checkpoint): void {
  const refuse = (field: string): never => {
    throw new CocoonError("anchor_mismatch", { field });
  };
  if (anchor.bond !== bond) refuse("bond");
  if (anchor.treeSize !== checkpoint.size) refuse("treeSize");
  if (anchor.root !== toHex(checkpoint.root)) refuse("root");
}

export function logProofJson({ anchor, ...proof }: LogProof): object {
  const { leafIndex, treeSize, checkpoint, inclusion } = proof;
  return {
    leafIndex,
    treeSize,
    checkpoint,
    inclusion,
    ...(anchor !== undefined && { anchor: anchorJson(anchor) }),
  };
}

function anchorJson(anchor: AnchorRecord): object {
  const { bond, treeSize, root, transaction, lt, timestamp } = anchor;
  return { bond, treeSize, root, transaction, lt, timestamp };
}

/** Reads a log's proof from a proof file. */
export function readProof(json: JsonReader): LogProof {
  const refuse = (field: string): never => {
    throw new CocoonError("proof_malformed", { field });
  };
  const inclusion = json
    .strings("inclusion", inclusionMax)
    .map((hex) => fromHex(hex) ?? refuse("inclusion"));
  if (inclusion.some((hash) => hash.length !== 32)) refuse("inclusion");
  const anchor = json.has("anchor") ? readAnchor(json.object("anchor")) : undefined;
  if (anchor !== undefined && !/^(?:0|[1-9]\d{0,19})$/.test(anchor.lt)) refuse("lt");
  return {
    leafIndex: json.uint("leafIndex"),
    treeSize: json.uint("treeSize"),
    checkpoint: json.string("checkpoint", checkpointLengthMax),
    inclusion: inclusion.map((hash) => toHex(hash)),
    ...(anchor !== undefined && { anchor }),
  };
}
