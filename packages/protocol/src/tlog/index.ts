// The receipt log: RFC 9162 tree and proofs, C2SP checkpoints, promises of inclusion, anchors on TON.

export { type Anchor, anchorDigest } from "./anchor.ts";
export {
  type Checkpoint,
  formatCheckpoint,
  logOrigin,
  type LogIdentity,
  parseCheckpoint,
  parseLogOrigin,
  signCheckpoint,
  verifyCheckpoint,
} from "./checkpoint.ts";
export { coseHeadLine, coseHeadSignature, encodeInclusionReceipt } from "./cose-head.ts";
export { firstDifference, type StoredTree } from "./difference.ts";
export { emptyRoot, hashLeaf, hashNode } from "./hash.ts";
export {
  type Note,
  type NoteKey,
  noteSignature,
  type NoteSignature,
  parseNote,
  verifyNote,
} from "./note.ts";
export {
  acceptPromise,
  type InclusionPromise,
  logIdOf,
  parsePromise,
  promiseBytes,
  signPromise,
  verifyPromise,
} from "./promise.ts";
export { consistencyProof, inclusionProof } from "./proof.ts";
export { MerkleTree, type ReadNode, type TreeHead, type TreeNode } from "./tree.ts";
export { type Inclusion, verifyConsistency, verifyInclusion } from "./verify.ts";
export {
  encodeEntries,
  encodeTile,
  entriesPath,
  nodeOfTile,
  parseEntries,
  parseTile,
  placeOfNode,
  type Tile,
  tileHeight,
  tilePath,
  partialTiles,
  tilesBetween,
  tileWidth,
} from "./tiles.ts";
export {
  appendSignatures,
  type Cosignature,
  cosignNote,
  verifyCosignatures,
} from "./cosignature.ts";
export {
  encodeWitnessRequest,
  parseWitnessRequest,
  type WitnessRequest,
} from "./witness-request.ts";
