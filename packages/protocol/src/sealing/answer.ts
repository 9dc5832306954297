import { equalBytes, utf8 } from "../bytes/index.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { AnswerDigest } from "./answer-digest.ts";
import {
  type AnswerFrame,
  encodeAnswerFrame,
  type PaddingClass,
  parseAnswerFrame,
  strictFrameBytes,
} from "./answer-frame.ts";
import { ChunkOpener, ChunkSealer } from "./chunk.ts";
import type { OpenedRequest } from "./opened-request.ts";
import { requestIdBytes } from "./public-part.ts";
import type { PendingRecipient, PendingRequest } from "./request.ts";
import { kidBytes } from "./suite.ts";

const magic = utf8("CE2R");
const version = 1;
const answerNonceBytes = 32;

/** Magic, version, request id, kid, nonce. */
export const answerHeadBytes = 61;

/** What an answer's head says in clear. */
export type AnswerHead = {
  readonly requestId: Uint8Array;
  /** Of the recipient that answers. */
  readonly kid: Uint8Array;
  /** 32 bytes. */
  readonly answerNonce: Uint8Array;
};

/**
 * Reads the first message of an answer, 61 bytes. Spec section 4.5:
 *
 *     magic       4   "CE2R"
 *     version     1   1
 *     requestId  16
 *     kid         8
 *     nonce      32
 *
 * Throws sealed_truncated or sealed_malformed.
 */
export function readAnswerHead(bytes: Uint8Array): AnswerHead {
  if (bytes.length < answerHeadBytes) throw new CocoonError("sealed_truncated");
  const reader = new ByteReader(Uint8Array.from(bytes), "sealed_malformed");
  reader.expect(magic);
  reader.expect(Uint8Array.of(version));
  const requestId = reader.bytes(requestIdBytes);
  const kid = reader.bytes(kidBytes);
  const answerNonce = reader.bytes(answerNonceBytes);
  reader.end();
  return { requestId, kid, answerNonce };
}

/** Begins the sealed answer to a request. Frames are padded to 256 bytes unless told 1,024, or asked for 4,096. */
export function createAnswer(
  opened: OpenedRequest,
  options: {
    readonly paddingClass?: 256 | 1024;
    readonly random?: (sizeBytes: number) => Uint8Array;
  } = {},
): AnswerSealer {
  const { paddingClass = 256, random = primitives.randomBytes } = options;
  const frameClass = opened.flags.isStrict ? strictFrameBytes : paddingClass;
  return new AnswerSealer(opened, frameClass, random(answerNonceBytes));
}

/** Seals the frames of one answer, in order. */
export class AnswerSealer {
  /** The first message of the answer, 61 bytes. */
  readonly head: Uint8Array;
  readonly #sealer: ChunkSealer;
  readonly #digest: AnswerDigest;
  readonly #paddingClass: PaddingClass;

  constructor(opened: OpenedRequest, paddingClass: PaddingClass, answerNonce: Uint8Array) {
    this.head = new ByteWriter()
      .bytes(magic)
      .uint(version, 1)
      .fixed(opened.requestId, requestIdBytes)
      .fixed(opened.answerKey.kid, kidBytes)
      .fixed(answerNonce, answerNonceBytes)
      .finish();
    this.#sealer = new ChunkSealer(opened.answerKey.derive(answerNonce), opened.headerHash);
    this.#digest = new AnswerDigest(this.head);
    this.#paddingClass = paddingClass;
  }

  /** Chunks sealed so far, less the final one. */
  get chunkCount(): number {
    return this.#digest.chunkCount;
  }

  /** For the receipt: of the head and all chunks so far. After it, only the final frame may be sealed. */
  answerHash(): Uint8Array {
    return this.#digest.digest();
  }

  /** The next chunk. A `final` frame is the last; an `error` frame may be. */
  seal(frame: AnswerFrame, isFinal: boolean = frame.kind === "final"): Uint8Array {
    if (!mayEnd(frame, isFinal)) throw new RangeError("not a frame for this place");
    const chunk = this.#sealer.seal(encodeAnswerFrame(frame, this.#paddingClass), isFinal);
    if (!isFinal) this.#digest.add(chunk);
    return chunk;
  }
}

/**
 * Begins to open the answer of the recipient whose turn it is. Throws answer_mismatched when it is not an answer to this
 * request, or not this recipient's.
 */
export function openAnswer(
  { requestId, headerHash, flags, recipients }: AnswerOwner,
  head: Uint8Array,
  recipient = 0,
): AnswerOpener {
  const said = readAnswerHead(head);
  const key = recipients[recipient]?.answerKey;
  if (key === undefined || !equalBytes(key.kid, said.kid)) {
    throw new CocoonError("answer_mismatched");
  }
  if (!equalBytes(requestId, said.requestId)) throw new CocoonError("answer_mismatched");
  const opener = new ChunkOpener(key.derive(said.answerNonce), headerHash);
  return new AnswerOpener(opener, head, flags.isStrict);
}

/** What opening an answer needs of the request. */
type AnswerOwner = Pick<PendingRequest, "requestId" | "headerHash" | "flags"> & {
  readonly recipients: readonly Pick<PendingRecipient, "answerKey">[];
};

/** Opens the chunks of one answer, in order. */
export class AnswerOpener {
  readonly #opener: ChunkOpener;
  readonly #digest: AnswerDigest;
  readonly #isStrict: boolean;

  constructor(opener: ChunkOpener, head: Uint8Array, isStrict: boolean) {
    this.#opener = opener;
    this.#isStrict = isStrict;
    this.#digest = new AnswerDigest(head);
  }

  /** Chunks opened so far, less the final one: what the receipt must say. */
  get chunkCount(): number {
    return this.#digest.chunkCount;
  }

  /** What the receipt must say. To be asked after the final chunk; nothing but that opens after it. */
  answerHash(): Uint8Array {
    return this.#digest.digest();
  }

  /** The next frame. Throws sealed_unopenable, sealed_truncated, sealed_trailing or sealed_malformed. */
  open(chunk: Uint8Array): { readonly frame: AnswerFrame; readonly isFinal: boolean } {
    const { plaintext, isFinal } = this.#opener.open(chunk);
    const frame = parseAnswerFrame(plaintext, this.#isStrict);
    if (!mayEnd(frame, isFinal)) throw new CocoonError("sealed_malformed", { field: "final" });
    if (!isFinal) this.#digest.add(chunk);
    return { frame, isFinal };
  }

  /** To be called when the stream ends. Throws sealed_truncated unless the final chunk came. */
  end(): void {
    this.#opener.end();
  }
}

/** An answer ends with a receipt or an error; a receipt comes nowhere else. */
function mayEnd(frame: AnswerFrame, isFinal: boolean): boolean {
  if (isFinal) return frame.kind === "final" || frame.kind === "error";
  return frame.kind !== "final";
}
