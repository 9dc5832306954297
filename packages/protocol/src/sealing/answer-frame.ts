// What is inside a chunk of an answer.

import { textOf, utf8 } from "../bytes/index.ts";
import { ByteReader, ByteWriter, JsonReader, parseJson } from "../codec/index.ts";
import { CocoonError, type ErrorCode, type ErrorDetails, isErrorCode } from "../errors/index.ts";
import { pad, unpad } from "./padding.ts";

/** One message of a worker to the client. */
export type AnswerFrame =
  /** Says nothing; it is there so that silence looks like speech. */
  | { readonly kind: "cover" }
  /** What the engine produced since the last frame: JSON texts, each on one line. */
  | { readonly kind: "event"; readonly events: readonly string[] }
  /** A piece of an event that did not fit a frame of its size; the next events go on with it. Strict answers only. */
  | { readonly kind: "part"; readonly text: string }
  /** The answer failed. */
  | { readonly kind: "error"; readonly code: ErrorCode; readonly details: ErrorDetails }
  /** The answer is complete. */
  | {
      readonly kind: "final";
      /** The signed receipt, as the proxy has it too. */
      readonly receipt: Uint8Array;
      /** 32 bytes that open the receipt's content commitment. */
      readonly salt: Uint8Array;
      /** What later versions add. */
      readonly rest: Readonly<Record<string, unknown>>;
    }
  /** Token ids, for a client that asked for them. */
  | { readonly kind: "tokens"; readonly of: TokenKind; readonly ids: readonly number[] };

/** Whose token ids: those that the model read, or those that it sampled. */
export type TokenKind = "prompt" | "answer";

/** Frames are padded to a multiple of this many bytes; in the strict class each has exactly 4,096. */
export type PaddingClass = 256 | 1024 | typeof strictFrameBytes;

export const strictFrameBytes = 4_096;
/** The most that events of a strict frame may take up. */
export const strictEventBytesMax = strictFrameBytes - 5;
/** Token ids of a strict frame. */
export const strictFrameTokensMax = 1_022;

export const answerFrameBytesMax = 65_536;
/** The most that events may take up, line feeds included: the frame less its length and type. */
export const eventBytesMax = answerFrameBytesMax - 5;
/** The most token ids of one frame: four bytes each, after its length, its type and whose they are. */
export const frameTokensMax = 16_382;

const paddingUnit = 256;
const paddingMax = 1_024;
const saltBytes = 32;
const detailsMax = 16;
const detailTextMax = 512;
const frameType = { cover: 0, event: 1, error: 2, final: 3, tokens: 4, part: 5 } as const;
const tokenKinds: readonly TokenKind[] = ["prompt", "answer"];

/**
 * Encodes a frame. Spec section 4.6, integers big-endian:
 *
 *     size     4   of type and payload
 *     type     1   0 cover, 1 event, 2 error, 3 final, 4 tokens, 5 part
 *     payload      event: JSON texts, a line feed after each
 *                  error: {"code": ..., "details": {...}}
 *                  part: text without a line feed
 *                  final: size of the receipt u16 || receipt || salt 32 || a JSON object
 *                  tokens: 0 prompt or 1 answer, u8 || ids, u32 each
 *     padding      zeros, to a multiple of 256 or 1,024; to 4,096 in the strict class
 *
 * A frame above 65,536 bytes (4,096 in the strict class), and an event with a line feed in it, are bugs of the caller.
 */
export function encodeAnswerFrame(frame: AnswerFrame, paddingClass: PaddingClass): Uint8Array {
  const content = new ByteWriter().uint(frameType[frame.kind], 1).bytes(payloadOf(frame)).finish();
  const totalBytes = Math.ceil((4 + content.length) / paddingClass) * paddingClass;
  const isStrict = paddingClass === strictFrameBytes;
  if (totalBytes > (isStrict ? strictFrameBytes : answerFrameBytesMax)) {
    throw new RangeError("the frame is too long");
  }
  return pad(content, totalBytes);
}

/** Parses the plaintext of a chunk of an answer. Throws sealed_malformed, also for another size in the strict class. */
export function parseAnswerFrame(plaintext: Uint8Array, isStrict = false): AnswerFrame {
  const content = isStrict ? strictContent(plaintext) : paddedContent(plaintext);
  const payload = content.subarray(1);
  switch (content[0] ?? -1) {
    case frameType.cover:
      return payload.length === 0 ? { kind: "cover" } : malformed("cover");
    case frameType.event:
      return { kind: "event", events: parseEvents(payload) };
    case frameType.error:
      return parseError(payload);
    case frameType.final:
      return parseFinal(payload);
    case frameType.tokens:
      return parseTokens(payload);
    case frameType.part:
      return isStrict ? parsePart(payload) : malformed("type");
    default:
      return malformed("type");
  }
}

function paddedContent(plaintext: Uint8Array): Uint8Array {
  const { length } = plaintext;
  if (length > answerFrameBytesMax || length % paddingUnit !== 0) malformed("size");
  const content = unpad(plaintext);
  if (length - 4 - content.length >= paddingMax) malformed("padding");
  return content;
}

function strictContent(plaintext: Uint8Array): Uint8Array {
  return plaintext.length === strictFrameBytes ? unpad(plaintext) : malformed("size");
}

/** The bytes of events as a frame carries them. All of an answer's, in order, are its committed content. */
export function encodeEvents(events: readonly string[]): Uint8Array {
  if (events.some((event) => event === "" || event.includes("\n"))) {
    throw new RangeError("an event is one line");
  }
  return utf8(events.map((event) => `${event}\n`).join(""));
}

function payloadOf(frame: AnswerFrame): Uint8Array {
  switch (frame.kind) {
    case "cover":
      return new Uint8Array();
    case "event":
      return encodeEvents(frame.events);
    case "part":
      return utf8(frame.text);
    case "error":
      return utf8(JSON.stringify({ code: frame.code, details: frame.details }));
    case "final":
      return new ByteWriter()
        .uint(frame.receipt.length, 2)
        .bytes(frame.receipt)
        .fixed(frame.salt, saltBytes)
        .bytes(utf8(JSON.stringify(frame.rest)))
        .finish();
    case "tokens":
      return encodeTokens(frame.of, frame.ids);
  }
}

function encodeTokens(of: TokenKind, ids: readonly number[]): Uint8Array {
  const writer = new ByteWriter().uint(tokenKinds.indexOf(of), 1);
  for (const id of ids) writer.uint(id, 4);
  return writer.finish();
}

function parseEvents(payload: Uint8Array): readonly string[] {
  const lines = textOf(payload)?.split("\n");
  if (lines === undefined || lines.pop() !== "" || lines.includes("")) malformed("event");
  return lines;
}

function parsePart(payload: Uint8Array): AnswerFrame {
  const text = textOf(payload) ?? "";
  return text === "" || text.includes("\n") ? malformed("part") : { kind: "part", text };
}

function parseError(payload: Uint8Array): AnswerFrame {
  const json = new JsonReader(
    parseJson(textOf(payload) ?? "", "sealed_malformed"),
    "sealed_malformed",
  );
  const code = json.string("code", 64);
  const details = json.has("details") ? parseDetails(json.unknown("details")) : {};
  // A code of a later version still means that the answer failed.
  return { kind: "error", code: isErrorCode(code) ? code : "engine_failed", details };
}

function parseDetails(value: unknown): ErrorDetails {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length > detailsMax) malformed("details");
  const details: Record<string, string | number | boolean> = {};
  for (const [name, detail] of entries) {
    if (typeof detail === "string" && detail.length <= detailTextMax) details[name] = detail;
    else if (typeof detail === "number" || typeof detail === "boolean") details[name] = detail;
    else malformed("details");
  }
  return details;
}

function parseFinal(payload: Uint8Array): AnswerFrame {
  const reader = new ByteReader(payload, "sealed_malformed");
  const receipt = Uint8Array.from(reader.bytes(reader.uint(2)));
  const salt = Uint8Array.from(reader.bytes(saltBytes));
  const rest = parseJson(textOf(reader.bytes(reader.remaining)) ?? "", "sealed_malformed");
  if (typeof rest !== "object" || rest === null || Array.isArray(rest)) malformed("rest");
  return { kind: "final", receipt, salt, rest: { ...rest } };
}

function parseTokens(payload: Uint8Array): AnswerFrame {
  const of = tokenKinds[payload[0] ?? -1];
  const count = (payload.length - 1) / 4;
  if (of === undefined || count === 0 || !Number.isInteger(count)) malformed("tokens");
  const reader = new ByteReader(payload.subarray(1), "sealed_malformed");
  return { kind: "tokens", of, ids: Array.from({ length: count }, () => reader.uint(4)) };
}

function malformed(field: string): never {
  throw new CocoonError("sealed_malformed", { field });
}
