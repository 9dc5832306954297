// A salted commitment to what was asked and answered. The receipt carries it in public; only who holds the salt
// (the client, who gets it sealed) can open it, and one field can be opened without a hint of the others.

import { concatBytes, equalBytes, toHex, utf8 } from "../bytes/index.ts";
import { primitives } from "../primitives/index.ts";

/** Field name to its bytes. Names are 1 to 32 of a-z, 0-9 and _; 1 to 255 fields. */
export type ContentFields = Readonly<Record<string, Uint8Array>>;

/** Shows what one field of a commitment is. */
export type ContentOpening = {
  readonly name: string;
  readonly value: Uint8Array;
  /** The field's own salt, 32 bytes: it tells nothing of the other fields' salts. */
  readonly salt: Uint8Array;
  /** The digests of all fields in order; this field's is among them. */
  readonly digests: readonly Uint8Array[];
};

/** All that it takes to open any field of a commitment. Whoever has it has the texts: it is never stored with a receipt. */
export type OpenableContent = {
  /** The answer's salt, 32 bytes. */
  readonly salt: Uint8Array;
  /** The fields whose values are known; there may be more digests than these. */
  readonly fields: ContentFields;
  /** Of all fields, in the order of names. */
  readonly digests: readonly Uint8Array[];
};

export const contentSaltBytes = 32;
export const contentFieldsMax = 255;

const contentDomain = utf8("cocoon/content/1\0");
const fieldDomain = utf8("cocoon/content-field/1\0");
const saltInfo = "cocoon/content-salt/1\0";
const fieldName = /^[a-z0-9_]{1,32}$/;

/**
 * Commits to fields under a salt of 32 random bytes. Spec section 6.4:
 *
 *     fieldSalt   HKDF-SHA256(secret = salt, salt = "", info = "cocoon/content-salt/1" || 0 || name, 32 bytes)
 *     digest      SHA-256("cocoon/content-field/1" || 0 || size of name u8 || name || fieldSalt || value)
 *     commitment  SHA-256("cocoon/content/1" || 0 || count u8 || digests in the order of names)
 *
 * Returns the commitment, 32 bytes, and an opening for each field.
 */
export function commitContent(
  salt: Uint8Array,
  fields: ContentFields,
): {
  readonly commitment: Uint8Array;
  /** Of all fields, in the order of names. */
  readonly digests: readonly Uint8Array[];
  readonly openings: ReadonlyMap<string, ContentOpening>;
} {
  const names = Object.keys(fields).toSorted();
  if (salt.length !== contentSaltBytes) throw new RangeError("the salt is not 32 bytes");
  if (names.length === 0 || names.length > contentFieldsMax) {
    throw new RangeError("1 to 255 content fields");
  }
  const saltOf = fieldSalts(salt);
  const entries = names.map((name) => {
    if (!fieldName.test(name)) throw new RangeError("not a name of a content field");
    return { name, value: fields[name] ?? new Uint8Array(), salt: saltOf(name) };
  });
  const digests = entries.map((entry) => fieldDigest(entry.name, entry.salt, entry.value));
  const openings = new Map(entries.map((entry) => [entry.name, { ...entry, digests }]));
  return { commitment: commitmentOf(digests), digests, openings };
}

/** Whether the opening shows a field of what was committed to. Never throws, whatever the opening holds. */
export function verifyOpening(commitment: Uint8Array, opening: ContentOpening): boolean {
  const { name, value, salt, digests } = opening;
  if (!fieldName.test(name) || salt.length !== contentSaltBytes) return false;
  const digest = fieldDigest(name, salt, value);
  return digests.some((other) => equalBytes(other, digest)) && leadTo(commitment, digests);
}

/**
 * Whether a commitment, whose salt and digests its maker told, is to these fields among others. Never throws, whatever
 * the salt and the digests are: who was told them checks what the other side committed to in its name.
 */
export function verifyContent(
  commitment: Uint8Array,
  told: { readonly salt: Uint8Array; readonly digests: readonly Uint8Array[] },
  fields: ContentFields,
): boolean {
  const { salt, digests } = told;
  if (salt.length !== contentSaltBytes || !leadTo(commitment, digests)) return false;
  const known = new Set(digests.map(toHex));
  const saltOf = fieldSalts(salt);
  return Object.entries(fields).every(([name, value]) => {
    return fieldName.test(name) && known.has(toHex(fieldDigest(name, saltOf(name), value)));
  });
}

/** Whether these are all digests of the commitment. */
function leadTo(commitment: Uint8Array, digests: readonly Uint8Array[]): boolean {
  if (digests.length > contentFieldsMax) return false;
  if (digests.some((digest) => digest.length !== 32)) return false;
  return equalBytes(commitmentOf(digests), commitment);
}

/** Each field's own salt, from which the others can't be told. */
function fieldSalts(salt: Uint8Array): (name: string) => Uint8Array {
  const expand = primitives.hkdfSha256(salt, new Uint8Array());
  return (name) => expand(utf8(`${saltInfo}${name}`), contentSaltBytes);
}

function fieldDigest(name: string, salt: Uint8Array, value: Uint8Array): Uint8Array {
  const nameBytes = utf8(name);
  return primitives.sha256(fieldDomain, Uint8Array.of(nameBytes.length), nameBytes, salt, value);
}

function commitmentOf(digests: readonly Uint8Array[]): Uint8Array {
  return primitives.sha256(concatBytes(contentDomain, Uint8Array.of(digests.length), ...digests));
}
