// The part of the Distinguished Encoding Rules (ITU-T X.690) that certificates and revocation lists need.
// Each function gives one whole element: tag, length, content. What a caller passes is its own, so a value
// that has no encoding is a bug (RangeError), never a refusal.

import { concatBytes, utf8 } from "../bytes/index.ts";

/** One element with any single-byte tag; its content is the parts one after another. */
export function derElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...parts);
  return concatBytes(Uint8Array.of(tag), encodeLength(content.length), content);
}

/** Definite length in the fewest bytes (X.690 section 10.1). */
function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes = bigEndian(BigInt(length));
  return concatBytes(Uint8Array.of(0x80 | bytes.length), bytes);
}

/** A non-negative integer in the fewest bytes; zero is one zero byte. */
function bigEndian(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 255n));
  return Uint8Array.from(bytes.length === 0 ? [0] : bytes);
}

export function derSequence(...items: readonly Uint8Array[]): Uint8Array {
  return derElement(0x30, ...items);
}

/** SET OF: the elements are put in ascending order of their encodings (X.690 section 11.6). */
export function derSet(...items: readonly Uint8Array[]): Uint8Array {
  return derElement(0x31, ...items.toSorted(compareBytes));
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const at = left.findIndex((byte, index) => byte !== right[index]);
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}

/** A non-negative integer; bytes are read as big-endian and unsigned, so a raw serial or half a signature fits. */
export function derInteger(value: number | bigint | Uint8Array): Uint8Array {
  return derElement(0x02, integerContent(value));
}

export function derEnumerated(value: number): Uint8Array {
  return derElement(0x0a, integerContent(value));
}

function integerContent(value: number | bigint | Uint8Array): Uint8Array {
  if (!(value instanceof Uint8Array)) {
    if (value < 0) throw new RangeError("negative integers are not used here");
    return integerContent(bigEndian(BigInt(value)));
  }
  const first = value.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Uint8Array.of(0) : value.subarray(first);
  // A leading bit of one would make it negative.
  return (digits[0] ?? 0) >= 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits;
}

export function derBoolean(value: boolean): Uint8Array {
  return derElement(0x01, Uint8Array.of(value ? 0xff : 0));
}

export function derNull(): Uint8Array {
  return derElement(0x05);
}

export function derOctetString(bytes: Uint8Array): Uint8Array {
  return derElement(0x04, bytes);
}

/** The last `unusedBits` (0 to 7) bits of the last byte do not count and must be zero. */
export function derBitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return derElement(0x03, Uint8Array.of(unusedBits), bytes);
}

/** A BIT STRING of named bits, bit 0 first, without trailing zeros (X.690 section 11.2.2). */
export function derNamedBits(...bits: readonly number[]): Uint8Array {
  if (bits.length === 0) return derBitString(new Uint8Array());
  const highest = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of bits) {
    const at = Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (bit % 8));
  }
  return derBitString(bytes, 7 - (highest % 8));
}

/** An object identifier in dotted form: "2.5.4.3". */
export function derOid(dotted: string): Uint8Array {
  if (!/^[0-2](\.(0|[1-9]\d{0,14}))+$/.test(dotted)) throw new RangeError("not an identifier");
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  if (first < 2 && second > 39) throw new RangeError("not an identifier");
  return derElement(0x06, ...[40 * first + second, ...rest].map(encodeArc));
}

/** Seven bits a byte, the high bit set on all but the last. */
function encodeArc(arc: number): Uint8Array {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 | (rest % 128));
  }
  return Uint8Array.from(bytes);
}

export function derUtf8String(text: string): Uint8Array {
  return derElement(0x0c, utf8(text));
}

/** Letters, digits, space and '()+,-./:=? only (X.680 section 41.4). */
export function derPrintableString(text: string): Uint8Array {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)) throw new RangeError("not a printable string");
  return derElement(0x13, utf8(text));
}

/** ASCII text: mail and host names, addresses of revocation lists. */
export function derIa5String(text: string): Uint8Array {
  const bytes = utf8(text);
  if (bytes.some((byte) => byte > 0x7f)) throw new RangeError("not ASCII");
  return derElement(0x16, bytes);
}

/** Whole seconds of a Unix time in milliseconds, from 1950 to 2049. */
export function derUtcTime(timeMs: number): Uint8Array {
  const digits = timeDigits(timeMs);
  if (!fitsUtcTime(digits)) throw new RangeError("year does not fit UTCTime");
  return derElement(0x17, utf8(digits.slice(2)));
}

/** Whole seconds of a Unix time in milliseconds, year 0 to 9999. */
export function derGeneralizedTime(timeMs: number): Uint8Array {
  return derElement(0x18, utf8(timeDigits(timeMs)));
}

/** The form that RFC 5280 section 4.1.2.5 asks for: UTCTime up to 2049, GeneralizedTime from then on. */
export function derTime(timeMs: number): Uint8Array {
  return fitsUtcTime(timeDigits(timeMs)) ? derUtcTime(timeMs) : derGeneralizedTime(timeMs);
}

function fitsUtcTime(digits: string): boolean {
  return digits >= "1950" && digits < "2050";
}

/** YYYYMMDDHHMMSSZ. */
function timeDigits(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  if (iso.length !== 24) throw new RangeError("year has more than four digits");
  return `${iso.slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
}

/** [number] EXPLICIT: whole elements inside a constructed context tag. Numbers to 30. */
export function derExplicit(number: number, ...elements: readonly Uint8Array[]): Uint8Array {
  return derElement(contextTag(0xa0, number), ...elements);
}

/** [number] IMPLICIT of a primitive type: content alone, without its own tag and length. Numbers to 30. */
export function derImplicit(number: number, content: Uint8Array): Uint8Array {
  return derElement(contextTag(0x80, number), content);
}

function contextTag(base: number, number: number): number {
  if (!Number.isInteger(number) || number < 0 || number > 30) throw new RangeError("tag number");
  return base | number;
}
