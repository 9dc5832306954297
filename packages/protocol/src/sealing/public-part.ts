import { utf8 } from "../bytes/index.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { requestHeaderBytesMax, parseRequestHeader, type RequestHeader } from "./header.ts";
import { type SuiteId, suiteOfByte } from "./suite.ts";

/** What a client asks for beyond an answer. What a worker does not know it refuses. */
export type RequestFlags = {
  /** Answer frames have one size and leave on every tick. */
  readonly isStrict: boolean;
  /** The worker keeps a secret, so that later requests need no key exchange. */
  readonly keepsSession: boolean;
  /** This is such a later request. */
  readonly isResumed: boolean;
};

/** The beginning of a sealed request, which everybody on its way may read and nobody can alter. */
export type PublicPart = {
  readonly suite: SuiteId;
  readonly flags: RequestFlags;
  /** 1 to 4. */
  readonly recipientCount: number;
  /** 16 random bytes: the idempotency key at every hop. */
  readonly requestId: Uint8Array;
  /** Unix time at the client. */
  readonly createdMs: number;
  /** 1 to 600. */
  readonly ttlSeconds: number;
  readonly header: RequestHeader;
  /** 32 bytes: what all that follows is bound to. */
  readonly headerHash: Uint8Array;
  /** Where the slots begin. */
  readonly sizeBytes: number;
};

export const requestIdBytes = 16;
export const recipientsMax = 4;
export const ttlSecondsMax = 600;
/** How far a client's clock may be ahead. */
const clockSkewMaxMs = 60_000;

const magic = utf8("CE2E");
const version = 1;
const hashLabel = utf8("cocoon-e2e/1 hdr");

/** Encodes the public part; see readPublicHeader() for its layout. */
export function encodePublicPart(
  part: Omit<PublicPart, "header" | "headerHash" | "sizeBytes">,
  header: Uint8Array,
): Uint8Array {
  return new ByteWriter()
    .bytes(magic)
    .uint(version, 1)
    .uint(part.suite, 1)
    .uint(flagsByte(part.flags), 1)
    .uint(part.recipientCount, 1)
    .fixed(part.requestId, requestIdBytes)
    .uint(part.createdMs, 8)
    .uint(part.ttlSeconds, 4)
    .uint(header.length, 2)
    .bytes(header)
    .finish();
}

/** What the slots, the body and the answer are bound to. 32 bytes. */
export function hashPublicPart(publicPart: Uint8Array): Uint8Array {
  return primitives.sha256(hashLabel, publicPart);
}

/**
 * Reads the public part at the beginning of a sealed request; what follows it need not be there yet. Spec section
 * 4.3, integers big-endian:
 *
 *     magic      4   "CE2E"
 *     version    1   1
 *     suite      1   1 or 2
 *     flags      1   1: strict, 2: keeps a session, 4: resumed; not 2 and 4 at once
 *     count      1   recipients, 1 to 4
 *     requestId 16
 *     created    8   Unix time in milliseconds
 *     ttl        4   seconds, 1 to 600
 *     size       2   of the header, at most 4,096
 *     header         canonical JSON
 *
 * Throws sealed_truncated when the bytes end before the header does, sealed_malformed for anything else.
 */
export function readPublicHeader(wire: Uint8Array): PublicPart {
  const reader = new ByteReader(wire, "sealed_truncated");
  if (reader.bytes(4).some((byte, index) => byte !== magic[index])) malformed("magic");
  if (reader.uint(1) !== version) malformed("version");
  const suite = suiteOfByte(reader.uint(1)) ?? malformed("suite");
  const flags = flagsOfByte(reader.uint(1)) ?? malformed("flags");
  const recipientCount = inRange("count", reader.uint(1), 1, recipientsMax);
  const requestId = Uint8Array.from(reader.bytes(requestIdBytes));
  const created = reader.uintBig(8);
  if (created > BigInt(Number.MAX_SAFE_INTEGER)) malformed("created");
  const ttlSeconds = inRange("ttl", reader.uint(4), 1, ttlSecondsMax);
  const headerSize = inRange("size", reader.uint(2), 0, requestHeaderBytesMax);
  const header = parseRequestHeader(reader.bytes(headerSize));
  if (header.alternates.length !== recipientCount - 1) malformed("alternates");
  return {
    suite,
    flags,
    recipientCount,
    requestId,
    createdMs: Number(created),
    ttlSeconds,
    header,
    headerHash: hashPublicPart(wire.subarray(0, reader.offset)),
    sizeBytes: reader.offset,
  };
}

const flagBits = { isStrict: 1, keepsSession: 2, isResumed: 4 } as const;

function flagsByte({ isStrict, keepsSession, isResumed }: RequestFlags): number {
  return (
    (isStrict ? flagBits.isStrict : 0) +
    (keepsSession ? flagBits.keepsSession : 0) +
    (isResumed ? flagBits.isResumed : 0)
  );
}

function flagsOfByte(byte: number): RequestFlags | undefined {
  const has = (bit: number): boolean => Math.floor(byte / bit) % 2 === 1;
  const flags = {
    isStrict: has(flagBits.isStrict),
    keepsSession: has(flagBits.keepsSession),
    isResumed: has(flagBits.isResumed),
  };
  const isKnown = flagsByte(flags) === byte && !(flags.keepsSession && flags.isResumed);
  return isKnown ? flags : undefined;
}

/** Unix time after which nobody may execute the request. */
export function requestExpiresMs(part: Pick<PublicPart, "createdMs" | "ttlSeconds">): number {
  return part.createdMs + part.ttlSeconds * 1_000;
}

/** Throws sealed_expired when the request is past its time to live, or created more than a minute from now. */
export function requireFreshRequest(
  part: Pick<PublicPart, "createdMs" | "ttlSeconds">,
  nowMs: number,
): void {
  if (nowMs > requestExpiresMs(part))
    throw new CocoonError("sealed_expired", { reason: "too old" });
  if (part.createdMs > nowMs + clockSkewMaxMs) {
    throw new CocoonError("sealed_expired", { reason: "created in the future" });
  }
}

function inRange(field: string, value: number, min: number, max: number): number {
  return value < min || value > max ? malformed(field) : value;
}

function malformed(field: string): never {
  throw new CocoonError("sealed_malformed", { field });
}
