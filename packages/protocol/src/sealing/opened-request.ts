import { concatBytes } from "../bytes/index.ts";
import { ByteReader } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import type { Terms } from "../payment/index.ts";
import { AnswerKey } from "./answer-key.ts";
import { type ChunkKeys, ChunkOpener, takeChunk } from "./chunk.ts";
import type { ExecutedRequests } from "./executed-requests.ts";
import { type Alternate, recipientTerms, type RequestHeader } from "./header.ts";
import type { KeptSessions } from "./kept-sessions.ts";
import type { Keyring, Recipient } from "./keyring.ts";
import { paddedSize, unpad } from "./padding.ts";
import {
  requestExpiresMs,
  type PublicPart,
  readPublicHeader,
  type RequestFlags,
  requireFreshRequest,
} from "./public-part.ts";
import {
  applyRelease,
  bodyChunkBytes,
  bodyKeys,
  releaseBytes,
  sealedRequestBytesMax,
} from "./request.ts";
import { SessionKey } from "./session-key.ts";
import {
  encBytes,
  kidBytes,
  openSlot,
  sessionIdBytes,
  type Slot,
  wrappedKeyBytes,
} from "./suite.ts";

/** A request as its worker sees it. It opened just now, in time, and was not begun before on this worker. */
export type OpenedRequest = {
  readonly requestId: Uint8Array;
  readonly header: RequestHeader;
  readonly headerHash: Uint8Array;
  readonly flags: RequestFlags;
  /** Evidence and terms that the header has for this worker: what its receipt must say. */
  readonly terms: Terms & Alternate;
  /** SHA-256 of the whole sealed request. */
  readonly requestHash: Uint8Array;
  readonly body: Uint8Array;
  /** Unix time. */
  readonly createdMs: number;
  /** Seals the answer. */
  readonly answerKey: AnswerKey;
};

const noRelease = new Uint8Array(releaseBytes);

/** What a worker opens requests with, and what it remembers of them. */
export type OpeningContext = {
  readonly nowMs: number;
  readonly executed: ExecutedRequests;
  /** Absent: this worker keeps no sessions. */
  readonly sessions?: KeptSessions;
  /** What the client let out for a recipient after the first. 32 bytes. */
  readonly release?: Uint8Array | undefined;
};

/**
 * Opens a sealed request with the worker's keys and marks it as begun. Checks, in this order, the public part
 * (sealed_malformed, sealed_truncated, request_too_large), its time (sealed_expired), that it is new (sealed_replayed,
 * queue_full), that it is for this worker (recipient_unknown) and its turn (recipient_unreleased), that its session is
 * known (session_unknown), and that it opens whole (sealed_unopenable, sealed_truncated, sealed_trailing,
 * sealed_malformed). Only a request that opened is marked.
 */
export async function openRequest(
  wire: Uint8Array,
  keyring: Keyring,
  at: OpeningContext,
): Promise<OpenedRequest> {
  if (wire.length > sealedRequestBytesMax) {
    throw new CocoonError("request_too_large", { bytesMax: sealedRequestBytesMax });
  }
  const part = readPublicHeader(wire);
  requireFreshRequest(part, at.nowMs);
  at.executed.requireNew(part.requestId, requestExpiresMs(part), at.nowMs);

  const reader = new ByteReader(wire, "sealed_truncated");
  reader.bytes(part.sizeBytes);
  const found = findSlot(part, reader, keyring, at.nowMs);
  const { index, recipient, slot } = found;
  if (index > 0 && at.release === undefined) throw new CocoonError("recipient_unreleased");
  if ((at.release ?? noRelease).length !== releaseBytes) throw new CocoonError("sealed_unopenable");
  const { wrapped, answerSecret, session } = unwrap(part, found, at);
  const keys = bodyKeys(applyRelease(wrapped, at.release), part.requestId);
  const body = openBody(keys, part.headerHash, wire.subarray(reader.offset));

  at.executed.add(part.requestId, requestExpiresMs(part), at.nowMs);
  if (part.flags.isResumed) at.sessions?.spend(slot.enc);
  if (session !== undefined) at.sessions?.keep(session, recipient.notAfterMs, at.nowMs);
  const { requestId, header, headerHash, flags, createdMs } = part;
  const answerKey = new AnswerKey(recipient.kid, slot.enc, answerSecret);
  const requestHash = primitives.sha256(wire);
  const terms = recipientTerms(header, index);
  return { requestId, header, headerHash, flags, terms, requestHash, body, createdMs, answerKey };
}

type Unwrapped = {
  /** The content key, still under the release. */
  readonly wrapped: Uint8Array;
  readonly answerSecret: Uint8Array;
  /** What to keep when the request opened. */
  readonly session: SessionKey | undefined;
};

function unwrap(
  { flags, suite, requestId, headerHash }: PublicPart,
  { recipient, slot }: FoundSlot,
  { sessions, nowMs }: OpeningContext,
): Unwrapped {
  const { kid, privateKey } = recipient;
  if (flags.isResumed) {
    if (sessions === undefined) throw new CocoonError("session_unknown");
    const session = sessions.find(slot.enc, kid, nowMs);
    const { contentKey, answerSecret } = session.unwrap({ requestId, headerHash }, slot.wrappedKey);
    return { wrapped: contentKey, answerSecret, session: undefined };
  }
  if (privateKey.suite !== suite) throw new CocoonError("sealed_unopenable");
  const opened = openSlot(privateKey, kid, headerHash, slot);
  const session = flags.keepsSession ? new SessionKey(kid, opened.session) : undefined;
  return { wrapped: opened.contentKey, answerSecret: opened.answerSecret, session };
}

type FoundSlot = {
  /** Of the recipient. */
  readonly index: number;
  readonly recipient: Recipient;
  readonly slot: Slot;
};

/** Reads all slots and keeps the one that is for this worker. */
function findSlot(
  part: PublicPart,
  reader: ByteReader,
  keyring: Keyring,
  nowMs: number,
): FoundSlot {
  const encapsulatedBytes = part.flags.isResumed ? sessionIdBytes : encBytes(part.suite);
  let found: FoundSlot | undefined;
  for (let index = 0; index < part.recipientCount; index += 1) {
    const recipient = keyring.find(reader.bytes(kidBytes), nowMs);
    const slot = {
      enc: Uint8Array.from(reader.bytes(encapsulatedBytes)),
      wrappedKey: Uint8Array.from(reader.bytes(wrappedKeyBytes)),
    };
    if (recipient !== undefined) found ??= { index, recipient, slot };
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
