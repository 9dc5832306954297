// Strict reading of the Distinguished Encoding Rules (ITU-T X.690): definite lengths in the fewest bytes, tags of one
// byte, nothing after the end. Certificates come from strangers and go through here alone: a runtime's own parser
// may try PEM first and so find another certificate than the one whose bytes were given.

import { textOf } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";

/** Tags of the universal class that are read here. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element: its tag, its content, and itself whole, header included. */
export type DerElement = {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
};

/** Refuses bytes that are not the DER expected here. */
export function refuseDer(reason: string): never {
  throw new CocoonError("certificate_malformed", { reason });
}

/** Reads elements one after another. Everything unexpected throws certificate_malformed. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** Tag of the next element, or undefined at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#offset];
  }

  /** The next element, of any tag. */
  any(): DerElement {
    const start = this.#offset;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) refuseDer("tag");
    const length = this.#length();
    if (length > this.#bytes.length - this.#offset) refuseDer("too short");
    const content = this.#bytes.subarray(this.#offset, this.#offset + length);
    this.#offset += length;
    return { tag, content, whole: this.#bytes.subarray(start, this.#offset) };
  }

  /** The next element, which must have this tag. */
  next(tag: number): DerElement {
    if (this.nextTag !== tag) refuseDer("unexpected element");
    return this.any();
  }

  /** The next element if it has this tag. */
  optional(tag: number): DerElement | undefined {
    return this.nextTag === tag ? this.any() : undefined;
  }

  /** A reader of what the next element, a sequence, holds. */
  sequence(): DerReader {
    return new DerReader(this.next(derTag.sequence).content);
  }

  /** All that follows, each mapped. */
  rest<Item>(read: (reader: DerReader) => Item): Item[] {
    const items: Item[] = [];
    while (!this.done) items.push(read(this));
    return items;
  }

  end(): void {
    if (!this.done) refuseDer("trailing bytes");
  }

  /** An object identifier, dotted. */
  oid(): string {
    return oidText(this.next(derTag.oid).content);
  }

  /** A non-negative integer, big-endian, without leading zeros; zero is one zero byte. */
  unsigned(): Uint8Array {
    return unsignedContent(this.next(derTag.integer).content);
  }

  /** A non-negative integer below 2^32. */
  smallUnsigned(): number {
    const bytes = this.unsigned();
    if (bytes.length > 4) refuseDer("integer too large");
    return bytes.reduce((value, byte) => value * 256 + byte, 0);
  }

  boolean(): boolean {
    const { content } = this.next(derTag.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) refuseDer("boolean");
    return content[0] === 0xff;
  }

  octetString(): Uint8Array {
    return this.next(derTag.octetString).content;
  }

  /** A bit string of whole bytes. */
  bitString(): Uint8Array {
    const { content } = this.next(derTag.bitString);
    if (content[0] !== 0) refuseDer("bit string");
    return content.subarray(1);
  }

  /** Either form of time that RFC 5280 section 4.1.2.5 allows, as Unix milliseconds. */
  timeMs(): number {
    const { tag, content } = this.any();
    return parseTime(tag, textOf(content) ?? "");
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) refuseDer("too short");
    this.#offset += 1;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const sizeBytes = first & 0x7f;
    if (sizeBytes < 1 || sizeBytes > 4) refuseDer("length");
    let length = 0;
    for (let index = 0; index < sizeBytes; index += 1) length = length * 256 + this.#byte();
    const isMinimal = length >= 0x80 && length >= 256 ** (sizeBytes - 1);
    if (!isMinimal) refuseDer("length not minimal");
    return length;
  }
}

/** A reader of the sequence that these bytes are, from the first byte to the last. */
export function openSequence(bytes: Uint8Array): DerReader {
  const outer = new DerReader(bytes);
  const inner = outer.sequence();
  outer.end();
  return inner;
}

function unsignedContent(content: Uint8Array): Uint8Array {
  const [first, second] = content;
  if (first === undefined || first >= 0x80) refuseDer("integer");
  if (first !== 0 || second === undefined) return content;
  if (second < 0x80) refuseDer("integer not minimal");
  return content.subarray(1);
}

/** Arcs are base 128 in the fewest bytes; the first two share one number (X.690 section 8.19). */
function oidText(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  let isInside = false;
  for (const byte of content) {
    if (!isInside && byte === 0x80) refuseDer("identifier");
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 256) refuseDer("identifier");
    isInside = byte >= 0x80;
    if (isInside) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [joint] = arcs;
  if (isInside || joint === undefined) refuseDer("identifier");
  const first = Math.min(2, Math.floor(joint / 40));
  return [first, joint - 40 * first, ...arcs.slice(1)].join(".");
}

function parseTime(tag: number, text: string): number {
  const isShort = tag === derTag.utcTime;
  if (!isShort && tag !== derTag.generalizedTime) refuseDer("time");
  const digits = isShort ? `${text < "5" ? "20" : "19"}${text}` : text;
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (match === null) refuseDer("time");
  const [, year, month, day, hour, minute, second] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const timeMs = Date.parse(iso);
  // Date.parse turns 30 February into March: a time that reads back differently was none.
  if (Number.isNaN(timeMs) || new Date(timeMs).toISOString() !== iso) refuseDer("time");
  return timeMs;
}
