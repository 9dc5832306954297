// Ways to spoil what is well-formed: bytes as bytes, and JSON as JSON, where a parser comes further before it refuses.

import { textOf, utf8 } from "@cocoon/protocol";
import * as fc from "fast-check";

/** A change of bytes. */
type Change = (bytes: Uint8Array) => Uint8Array;

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const byteChanges: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
    ([at, flip]): Change =>
      (bytes) =>
        bytes.map((byte, index) => (index === indexOf(bytes, at) ? byte ^ flip : byte)),
  ),
  place.map(
    (at): Change =>
      (bytes) =>
        bytes.subarray(0, indexOf(bytes, at)),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 40 })).map(
    ([at, more]): Change =>
      (bytes) =>
        join(bytes.subarray(0, indexOf(bytes, at)), more, bytes.subarray(indexOf(bytes, at))),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Change =>
      (bytes) =>
        join(bytes.subarray(0, indexOf(bytes, to)), bytes.subarray(indexOf(bytes, from))),
  ),
  // A length, a count or an offset that says too much.
  fc
    .tuple(place, fc.constantFrom(0, 0x7f, 0x80, 0xff), fc.integer({ min: 1, max: 8 }))
    .map(([at, byte, count]): Change => (bytes) => {
      const first = indexOf(bytes, at);
      return bytes.map((old, index) => (index >= first && index < first + count ? byte : old));
    }),
);

const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  2 ** 53,
  1e308,
  "",
  "\0",
  "\ud800",
  "x".repeat(70_000),
  [],
  {},
  [[[[[[]]]]]],
  Array.from({ length: 3_000 }, () => 1),
  JSON.parse('{"__proto__":{"length":1},"constructor":1}'),
];

const jsonChanges: fc.Arbitrary<Change> = fc
  .tuple(place, fc.constantFrom(...oddValues), fc.boolean())
  .map(([at, value, removes]): Change => (bytes) => {
    const json = readJson(bytes);
    if (json === undefined) return bytes;
    const places = placesIn(json);
    const spot = places[Math.floor(at * places.length)];
    if (spot === undefined) return utf8(JSON.stringify(value));
    if (removes) Reflect.deleteProperty(spot.owner, spot.name);
    else Reflect.set(spot.owner, spot.name, value);
    return utf8(JSON.stringify(json));
  });

/** A few changes, one after another. */
export const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.oneof({ weight: 2, arbitrary: byteChanges }, { weight: 1, arbitrary: jsonChanges }),
  { minLength: 1, maxLength: 4 },
);

export function changed(bytes: Uint8Array, all: readonly Change[]): Uint8Array {
  return all.reduce((now, change) => change(now), bytes);
}

function indexOf(bytes: Uint8Array, at: number): number {
  return Math.floor(at * bytes.length);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function readJson(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes) ?? "");
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

type Spot = { readonly owner: object; readonly name: string };

function placesIn(owner: object): Spot[] {
  return Object.entries(owner).flatMap(([name, value]: [string, unknown]) => [
    { owner, name },
    ...(typeof value === "object" && value !== null ? placesIn(value) : []),
  ]);
}
