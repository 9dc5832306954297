// What a log asks a witness: C2SP tlog-witness, add-checkpoint.

import { fromBase64, toBase64 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { hashBytes } from "./hash.ts";

export type WitnessRequest = {
  /** The size that the log believes the witness saw last; 0 at first. */
  readonly oldSize: number;
  /** RFC 9162 consistency proof from that size, at most 63 hashes. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint. */
  readonly note: string;
};

const proofHashesMax = 63;

/**
 * Encodes the body of add-checkpoint:
 *
 *     "old " size newline
 *     each hash of the proof: base64 newline
 *     newline
 *     the note
 */
export function encodeWitnessRequest({ oldSize, proof, note }: WitnessRequest): string {
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join("")}\n${note}`;
}

/** Parses it; throws checkpoint_malformed. The note is not looked at. */
export function parseWitnessRequest(body: string): WitnessRequest {
  const split = body.indexOf("\n\n");
  if (split < 0) refuse("no note");
  const [first = "", ...hashes] = body.slice(0, split).split("\n");
  const oldSize = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  if (oldSize === undefined || !Number.isSafeInteger(Number(oldSize))) refuse("old size");
  if (hashes.length > proofHashesMax) refuse("long proof");
  const proof = hashes.map((line) => {
    const hash = fromBase64(line);
    return hash?.length === hashBytes ? hash : refuse("proof");
  });
  return { oldSize: Number(oldSize), proof, note: body.slice(split + 2) };
}

function refuse(reason: string): never {
  throw new CocoonError("checkpoint_malformed", { reason });
}
