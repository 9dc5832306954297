import { concatBytes, equalBytes, toHex, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { AnswerKey } from "./answer-key.ts";
import { type ChunkKeys, chunkKeyBytes, chunkNonceBytes, ChunkSealer } from "./chunk.ts";
import { encodeRequestHeader, type RequestHeader } from "./header.ts";
import type { KeyConfig } from "./key-config.ts";
import { pad, paddedSize } from "./padding.ts";
import {
  encodePublicPart,
  hashPublicPart,
  recipientsMax,
  type RequestFlags,
  requestIdBytes,
  ttlSecondsMax,
} from "./public-part.ts";
import { type ResumedRequest, SessionKey } from "./session-key.ts";
import { contentKeyBytes, sealSlot, type Slot, type SlotSecrets, type SuiteId } from "./suite.ts";

/** Every chunk of a request's body but the last carries this much plaintext. */
export const bodyChunkBytes = 65_536;
export const requestBodyBytesMax = 8 * 1_048_576;
/**
 * The largest sealed request: 8.25 MiB of padded body (Padmé's step there is 256 KiB), 132 chunk prefixes and tags,
 * 4 slots and the public part come to less.
 */
export const sealedRequestBytesMax = 8.5 * 1_048_576;

export type RequestToSeal = {
  /**
   * 1 to 4 workers that the client has verified, all of one suite. The first can open the request at once, each further
   * one only with its release. The header names as many.
   */
  readonly recipients: readonly KeyConfig[];
  /** A session with each recipient, instead of a key exchange. */
  readonly resumes?: readonly SessionKey[];
  /** Whether the worker that answers keeps a session. Not with `resumes`. */
  readonly keepsSession?: boolean;
  /** Whether answer frames have one size and leave on every tick. */
  readonly isStrict?: boolean;
  readonly header: RequestHeader;
  /** What the worker is asked, at most 8 MiB. */
  readonly body: Uint8Array;
  readonly nowMs: number;
  /** 1 to 600: how long a worker may still begin. */
  readonly ttlSeconds: number;
  readonly random?: (sizeBytes: number) => Uint8Array;
};

/** What one recipient and the client share. */
export type PendingRecipient = {
  readonly answerKey: AnswerKey;
  /** 32 bytes: what lets a recipient after the first open the request. Undefined for the first. */
  readonly release: Uint8Array | undefined;
  /** Undefined unless the request keeps sessions. */
  readonly session: SessionKey | undefined;
};

/** What the client keeps to open the answer and to check its receipt. */
export type PendingRequest = {
  readonly requestId: Uint8Array;
  readonly header: RequestHeader;
  readonly headerHash: Uint8Array;
  /** SHA-256 of the whole sealed request. */
  readonly requestHash: Uint8Array;
  readonly flags: RequestFlags;
  /** In the order of their slots. */
  readonly recipients: readonly PendingRecipient[];
};

export const releaseBytes = contentKeyBytes;

/**
 * Seals a request, spec section 4.3: public part, a slot for each recipient, body chunks. Throws request_too_large, or
 * key_config_malformed for a public key that is not one.
 */
export async function sealRequest(
  request: RequestToSeal,
): Promise<{ readonly wire: Uint8Array; readonly pending: PendingRequest }> {
  const { header, body, random = primitives.randomBytes } = request;
  const suite = requireSealable(request);
  const flags = flagsOf(request);
  const requestId = random(requestIdBytes);
  const publicPart = encodePublicPart(
    {
      suite,
      flags,
      recipientCount: request.recipients.length,
      requestId,
      createdMs: request.nowMs,
      ttlSeconds: request.ttlSeconds,
    },
    encodeRequestHeader(header),
  );
  const headerHash = hashPublicPart(publicPart);
  const contentKey = random(contentKeyBytes);
  const parts = [publicPart];
  const recipients: PendingRecipient[] = [];
  for (const [index, { kid }] of request.recipients.entries()) {
    const release = index === 0 ? undefined : random(releaseBytes);
    const wrapped = applyRelease(contentKey, release);
    const slot = slotFor(request, index, { requestId, headerHash, contentKey: wrapped });
    parts.push(kid, slot.enc, slot.wrappedKey);
    const session = flags.keepsSession ? slot.session : undefined;
    recipients.push({
      answerKey: new AnswerKey(kid, slot.enc, slot.answerSecret),
      release,
      session: session && new SessionKey(kid, session),
    });
  }
  parts.push(...sealBody(bodyKeys(contentKey, requestId), headerHash, body));
  const wire = concatBytes(...parts);
  const requestHash = primitives.sha256(wire);
  return { wire, pending: { requestId, header, headerHash, requestHash, flags, recipients } };
}

/** The content key as a slot wraps it, or back: XOR the release, which nobody but the client has. */
export function applyRelease(contentKey: Uint8Array, release: Uint8Array | undefined): Uint8Array {
  return contentKey.map((byte, index) => byte ^ (release?.[index] ?? 0));
}

function flagsOf({ isStrict, keepsSession, resumes }: RequestToSeal): RequestFlags {
  return {
    isStrict: isStrict === true,
    keepsSession: keepsSession === true,
    isResumed: resumes !== undefined,
  };
}

type SlotContent = ResumedRequest & { readonly contentKey: Uint8Array };

function slotFor(
  { recipients, resumes }: RequestToSeal,
  index: number,
  { contentKey, ...request }: SlotContent,
): Slot & Pick<SlotSecrets, "answerSecret"> & Partial<SlotSecrets> {
  const recipient = recipients[index];
  const session = resumes?.[index];
  if (recipient === undefined) throw new RangeError("no such recipient");
  if (session === undefined) return sealSlot(recipient, request.headerHash, contentKey);
  return { enc: session.id, ...session.wrap(request, contentKey) };
}

/** The keys of a request's body: HKDF-SHA256(content key, salt = request id). */
export function bodyKeys(contentKey: Uint8Array, requestId: Uint8Array): ChunkKeys {
  const expand = primitives.hkdfSha256(contentKey, requestId);
  return {
    key: expand(utf8("body key"), chunkKeyBytes),
    nonceBase: expand(utf8("body nonce"), chunkNonceBytes),
  };
}

function sealBody(keys: ChunkKeys, headerHash: Uint8Array, body: Uint8Array): Uint8Array[] {
  const sealer = new ChunkSealer(keys, headerHash);
  const padded = pad(body, paddedSize(4 + body.length));
  const chunks: Uint8Array[] = [];
  for (let offset = 0; offset < padded.length; offset += bodyChunkBytes) {
    const end = offset + bodyChunkBytes;
    chunks.push(sealer.seal(padded.subarray(offset, end), end >= padded.length));
  }
  return chunks;
}

/** The one suite of the recipients. */
function requireSealable(request: RequestToSeal): SuiteId {
  const { recipients, body, ttlSeconds } = request;
  const [first] = recipients;
  if (first === undefined || recipients.length > recipientsMax) {
    throw new RangeError("1 to 4 recipients");
  }
  if (recipients.some((recipient) => recipient.suite !== first.suite)) {
    throw new RangeError("recipients of one suite");
  }
  if (new Set(recipients.map((recipient) => toHex(recipient.kid))).size !== recipients.length) {
    throw new RangeError("recipients that differ");
  }
  if (request.header.alternates.length !== recipients.length - 1) {
    throw new RangeError("a header of these recipients");
  }
  requireResumable(request);
  if (ttlSeconds < 1 || ttlSeconds > ttlSecondsMax) throw new RangeError("ttl of 1 to 600 seconds");
  if (body.length > requestBodyBytesMax) {
    throw new CocoonError("request_too_large", {
      bytes: body.length,
      bytesMax: requestBodyBytesMax,
    });
  }
  return first.suite;
}

function requireResumable({ recipients, resumes, keepsSession }: RequestToSeal): void {
  if (resumes === undefined) return;
  const fits =
    resumes.length === recipients.length &&
    resumes.every(({ kid }, index) => equalBytes(kid, recipients[index]?.kid ?? new Uint8Array()));
  if (!fits || keepsSession === true) throw new RangeError("sessions of these recipients");
}
