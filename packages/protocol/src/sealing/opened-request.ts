import { concatBytes } from "../bytes/index.ts";
import { ByteReader } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { AnswerKey } from "./answer-key.ts";
import { type ChunkKeys, ChunkOpener, takeChunk } from "./chunk.ts";
import type { ExecutedRequests } from "./executed-requests.ts";
import type { RequestHeader } from "./header.ts";
import type { Keyring, Recipient } from "./keyring.ts";
import { paddedSize, unpad } from "./padding.ts";
import {
  requestExpiresMs,
  type PublicPart,
  readPublicHeader,
  requireFreshRequest,
} from "./public-part.ts";
import { bodyChunkBytes, bodyKeys, sealedRequestBytesMax } from "./request.ts";
import { kidBytes, openSlot, type Slot, slotBytes, wrappedKeyBytes } from "./suite.ts";

/** A request as its worker sees it. It opened just now, in time, and was not begun before on this worker. */
export type OpenedRequest = {
  readonly requestId: Uint8Array;
  readonly header: RequestHeader;
  readonly headerHash: Uint8Array;
  /** SHA-256 of the whole sealed request. */
  readonly requestHash: Uint8Array;
  readonly body: Uint8Array;
  /** Unix time. */
  readonly createdMs: number;
  /** Seals the answer. */
  readonly answerKey: AnswerKey;
};

/**
 * Opens a sealed request with the worker's keys and marks it as begun. Checks, in this order, the public part
 * (sealed_malformed, sealed_truncated, request_too_large), its time (sealed_expired), that it is new (sealed_replayed,
 * queue_full), that it is for this worker (recipient_unknown), and that it opens whole (sealed_unopenable,
 * sealed_truncated, sealed_trailing, sealed_malformed). Only a request that opened is marked.
 */
export async function openRequest(
  wire: Uint8Array,
  keyring: Keyring,
  at: { readonly nowMs: number; readonly executed: ExecutedRequests },
): Promise<OpenedRequest> {
  if (wire.length > sealedRequestBytesMax) {
    throw new CocoonError("request_too_large", { bytesMax: sealedRequestBytesMax });
  }
  const part = readPublicHeader(wire);
  requireFreshRequest(part, at.nowMs);
  at.executed.requireNew(part.requestId, requestExpiresMs(part), at.nowMs);

  const reader = new ByteReader(wire, "sealed_truncated");
  reader.bytes(part.sizeBytes);
  const { recipient, slot } = findSlot(part, reader, keyring, at.nowMs);
  const { kid, privateKey } = recipient;
  if (privateKey.suite !== part.suite) throw new CocoonError("sealed_unopenable");
  const { contentKey, answerSecret } = openSlot(privateKey, kid, part.headerHash, slot);
  const keys = bodyKeys(contentKey, part.requestId);
  const body = openBody(keys, part.headerHash, wire.subarray(reader.offset));

  at.executed.add(part.requestId, requestExpiresMs(part), at.nowMs);
  const { requestId, header, headerHash, createdMs } = part;
  const answerKey = new AnswerKey(kid, slot.enc, answerSecret);
  const requestHash = primitives.sha256(wire);
  return { requestId, header, headerHash, requestHash, body, createdMs, answerKey };
}

/** Reads all slots and keeps the one that is for this worker. */
function findSlot(
  part: PublicPart,
  reader: ByteReader,
  keyring: Keyring,
  nowMs: number,
): { readonly recipient: Recipient; readonly slot: Slot } {
  const encBytes = slotBytes(part.suite) - kidBytes - wrappedKeyBytes;
  let found: { readonly recipient: Recipient; readonly slot: Slot } | undefined;
  for (let index = 0; index < part.recipientCount; index += 1) {
    const recipient = keyring.find(reader.bytes(kidBytes), nowMs);
    const slot = {
      enc: Uint8Array.from(reader.bytes(encBytes)),
      wrappedKey: Uint8Array.from(reader.bytes(wrappedKeyBytes)),
    };
    if (recipient !== undefined) found ??= { recipient, slot };
  }
  if (found === undefined) throw new CocoonError("recipient_unknown");
  return found;
}

/** Opens the chunks to the end of the bytes; there is one encoding of a body, and any other is refused. */
function openBody(keys: ChunkKeys, headerHash: Uint8Array, bytes: Uint8Array): Uint8Array {
  const opener = new ChunkOpener(keys, headerHash);
  const parts: Uint8Array[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const chunk = takeChunk(rest);
    rest = rest.subarray(chunk.length);
    const { plaintext, isFinal } = opener.open(chunk);
    if (!isFinal && plaintext.length !== bodyChunkBytes) malformed("chunk");
    if (isFinal && rest.length > 0) throw new CocoonError("sealed_trailing");
    parts.push(plaintext);
  }
  opener.end();
  const padded = concatBytes(...parts);
  const body = unpad(padded);
  if (padded.length !== paddedSize(4 + body.length)) malformed("padding");
  return body;
}

function malformed(field: string): never {
  throw new CocoonError("sealed_malformed", { field });
}
