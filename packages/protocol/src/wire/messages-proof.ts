// The proof stream: where a receipt stands in the log and on chain.

import { fromHex, toHex } from "../bytes/index.ts";
import type { RawAddress } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { encodeJsonMessage, readJsonBody } from "./messages.ts";

/** The transaction that anchored a checkpoint on TON. */
export type AnchorRecord = {
  readonly bond: RawAddress;
  readonly treeSize: number;
  /** Hex. */
  readonly root: string;
  /** Transaction hash, hex. */
  readonly transaction: string;
  /** Logical time of the transaction. */
  readonly lt: string;
  /** Unix seconds, as the log signed them. */
  readonly timestamp: number;
};

export type LogProof = {
  readonly leafIndex: number;
  /** Signed note (C2SP tlog-checkpoint). */
  readonly checkpoint: string;
  readonly treeSize: number;
  /** Sibling hashes, hex, leaf to root (RFC 9162 section 2.1.3). */
  readonly inclusion: readonly string[];
  /** Present once the checkpoint is anchored. */
  readonly anchor?: AnchorRecord;
};

const inclusionMax = 64;
/** A checkpoint of 200 bytes with 64 signature lines of 128 bytes each is 8,392. */
const checkpointLengthMax = 16_384;

export function encodeGetProof(request: string): Uint8Array {
  return encodeJsonMessage("getProof", { request });
}

export function readGetProof(body: Uint8Array): string {
  return toHex(readJsonBody(body).hex("request", 16));
}

/** PROOF; an empty object when the log has no checkpoint over the receipt yet. */
export function encodeLogProof(proof: LogProof | undefined): Uint8Array {
  return encodeJsonMessage("proof", proof ?? {});
}

export function readLogProof(body: Uint8Array): LogProof | undefined {
  const json = readJsonBody(body);
  if (!json.has("leafIndex")) return undefined;
  const inclusion = json.strings("inclusion", inclusionMax);
  if (inclusion.some((hash) => fromHex(hash)?.length !== 32)) {
    throw new CocoonError("peer_misbehaved", { field: "inclusion" });
  }
  return {
    leafIndex: json.uint("leafIndex"),
    checkpoint: json.string("checkpoint", checkpointLengthMax),
    treeSize: json.uint("treeSize"),
    inclusion,
    ...(json.has("anchor") && { anchor: readAnchor(json.object("anchor")) }),
  };
}

/** Reads an anchor from a message or a proof file. */
export function readAnchor(json: ReturnType<typeof readJsonBody>): AnchorRecord {
  return {
    bond: json.address("bond"),
    treeSize: json.uint("treeSize"),
    root: toHex(json.hex("root", 32)),
    transaction: toHex(json.hex("transaction", 32)),
    lt: json.string("lt", 20),
    timestamp: json.uint("timestamp"),
  };
}
