// CBOR, one way: what we write is in the deterministic encoding of RFC 8949 section 4.2.1. Nothing here reads it.

import { concatBytes, utf8 } from "../bytes/index.ts";

export type CborKey = number | string;
export type CborValue =
  | number
  | string
  | Uint8Array
  | null
  | readonly CborValue[]
  | ReadonlyMap<CborKey, CborValue>;

/** Encodes whole numbers, texts, byte strings, null, arrays and maps. */
export function encodeCbor(value: CborValue): Uint8Array {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === "number") return encodeInteger(value);
  if (typeof value === "string") return withHead(3, utf8(value));
  if (value instanceof Uint8Array) return withHead(2, value);
  if (value instanceof Map) return encodeMap(value);
  // oxlint-disable-next-line no-unsafe-type-assertion -- a readonly array is not narrowed by Array.isArray
  const items = value as readonly CborValue[];
  return concatBytes(head(4, items.length), ...items.map(encodeCbor));
}

/** A value with a tag, such as 18 for COSE_Sign1. */
export function tagged(tag: number, value: CborValue): Uint8Array {
  return concatBytes(head(6, tag), encodeCbor(value));
}

function encodeInteger(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new RangeError("not a whole number");
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

/** Keys stand in the order of their encoded bytes. */
function encodeMap(map: ReadonlyMap<CborKey, CborValue>): Uint8Array {
  const entries = [...map].map(([key, value]) => [encodeCbor(key), encodeCbor(value)] as const);
  const ordered = entries.toSorted(([left], [right]) => compareBytes(left, right));
  return concatBytes(head(5, map.size), ...ordered.flat());
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const at = left.findIndex((byte, index) => byte !== right[index]);
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? 0);
}

function withHead(major: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(head(major, bytes.length), bytes);
}

/** Major type and argument in the fewest bytes. */
function head(major: number, argument: number): Uint8Array {
  if (argument < 24) return Uint8Array.of((major << 5) | argument);
  const [extra, sizeBytes] =
    argument < 2 ** 8
      ? [24, 1]
      : argument < 2 ** 16
        ? [25, 2]
        : argument < 2 ** 32
          ? [26, 4]
          : [27, 8];
  const bytes = new Uint8Array(1 + sizeBytes);
  bytes[0] = (major << 5) | extra;
  for (let at = sizeBytes, rest = argument; at > 0; at -= 1, rest = Math.floor(rest / 256)) {
    bytes[at] = rest % 256;
  }
  return bytes;
}
