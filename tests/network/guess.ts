// Somebody who knows all of a prompt but four digits, and everything that is public, and tries every number.

import { utf8 } from "@cocoon/protocol";
import { createHash, hkdfSync } from "node:crypto";

/** A guess leaves its mark as the first bytes of a hash; by chance these are nowhere in a megabyte or two. */
const markBytes = 8;

/** The texts that a worker commits to, for one guess. */
export type Guess = Readonly<Record<string, Uint8Array>>;

/** Every string of eight bytes in what is public: as it is, and as bytes that stand there in hexadecimal or base64. */
export function marksIn(pieces: readonly Uint8Array[]): ReadonlySet<string> {
  const marks = new Set<string>();
  for (const piece of pieces) {
    const text = Buffer.from(piece).toString("latin1");
    const decoded = [
      ...(text.match(/[0-9a-f]{16,}/g) ?? []).map((hex) => Buffer.from(hex, "hex")),
      ...(text.match(/[A-Za-z0-9+/]{11,}={0,2}/g) ?? []).map((base64) =>
        Buffer.from(base64, "base64"),
      ),
    ];
    for (const bytes of [Buffer.from(piece), ...decoded]) {
      for (let at = 0; at + markBytes <= bytes.length; at += 1) {
        marks.add(bytes.toString("latin1", at, at + markBytes));
      }
    }
  }
  return marks;
}

/**
 * Whether anything public confirms the guess: a plain hash of any of its texts, one as a leaf of the log, or a commitment
 * as spec 6.4 makes it, under a salt, or a secret of salts, that stands somewhere in public.
 */
export function confirms(
  marks: ReadonlySet<string>,
  guess: Guess,
  salts: ReadonlyMap<string, readonly Uint8Array[]>,
): boolean {
  return Object.entries(guess).some(([name, value]) =>
    hashesOf(name, value, salts).some((found) => marks.has(found.toString("latin1", 0, markBytes))),
  );
}

function hashesOf(
  name: string,
  value: Uint8Array,
  salts: ReadonlyMap<string, readonly Uint8Array[]>,
): Buffer[] {
  const label = utf8(name);
  const field = [utf8("cocoon/content-field/1\0"), Uint8Array.of(label.length), label];
  return [
    hash("sha256", value),
    hash("sha512", value),
    hash("sha256", Uint8Array.of(0), value),
    hash("sha256", ...field, value),
    ...(salts.get(name) ?? []).flatMap((salt) => [
      hash("sha256", ...field, salt, value),
      hash("sha256", salt, value),
    ]),
  ];
}

/** The salts that these would be, if one of them was the field's own or the answer's. */
export function saltsOf(name: string, publicValues: readonly Uint8Array[]): readonly Uint8Array[] {
  const info = utf8(`cocoon/content-salt/1\0${name}`);
  return publicValues.flatMap((value) => [
    value,
    new Uint8Array(hkdfSync("sha256", value, new Uint8Array(), info, 32)),
  ]);
}

function hash(algorithm: string, ...parts: readonly Uint8Array[]): Buffer {
  const hasher = createHash(algorithm);
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}
