// What a client opens of an answer to one reader. The fields left closed stay unguessable: the answer's salt is never
// given away, only the salts of the fields that are opened.

import {
  CocoonError,
  commitContent,
  type ContentFields,
  contentFieldsMax,
  contentSaltBytes,
  fromHex,
  type JsonReader,
  type OpenableContent,
  toBase64,
  toHex,
} from "@cocoon/protocol";

/** One field of a receipt's content commitment, opened. */
export type DisclosedField = {
  /** "request" or "answer"; see spec section 6.4. */
  readonly name: string;
  /** The field's own salt, 32 bytes. */
  readonly salt: Uint8Array;
  readonly value: Uint8Array;
};

export type Disclosure = {
  /** Of all fields, also the closed ones, in the order of their names. */
  readonly digests: readonly Uint8Array[];
  readonly fields: readonly DisclosedField[];
};

const valueBytesMax = 786_432;

/**
 * Opens the named fields, at least one, of what was committed to under the answer's salt. A name without a field is a
 * bug of the caller.
 */
export function disclose(
  salt: Uint8Array,
  content: ContentFields,
  names: readonly string[],
): Disclosure {
  return openContent(
    { salt, fields: content, digests: commitContent(salt, content).digests },
    names,
  );
}

/** The same for an answer's content as the session gives it, whose commitment may have more fields than these. */
export function openContent(
  { salt, fields, digests }: OpenableContent,
  names: readonly string[],
): Disclosure {
  const { openings } = commitContent(salt, fields);
  const opened = [...new Set(names)].toSorted().map((name) => {
    const opening = openings.get(name);
    if (opening === undefined) throw new RangeError(`no content field ${name}`);
    return opening;
  });
  if (opened.length === 0) throw new RangeError("nothing to open");
  return {
    digests,
    fields: opened.map((opening) => {
      return { name: opening.name, salt: opening.salt, value: opening.value };
    }),
  };
}

export function disclosureJson({ digests, fields }: Disclosure): object {
  return {
    digests: digests.map((digest) => toHex(digest)),
    fields: fields.map(({ name, salt, value }) => {
      return { name, salt: toHex(salt), value: toBase64(value) };
    }),
  };
}

export function readDisclosure(json: JsonReader): Disclosure {
  const fields = json.objects("fields", contentFieldsMax).map((field) => {
    return {
      name: field.string("name", 32),
      salt: field.hex("salt", contentSaltBytes),
      value: field.base64("value", valueBytesMax),
    };
  });
  const isOrdered = fields.every(({ name }, index) => name > (fields[index - 1]?.name ?? ""));
  if (fields.length === 0 || !isOrdered) {
    throw new CocoonError("proof_malformed", { field: "fields" });
  }
  const digests = json.strings("digests", contentFieldsMax).map((hex) => {
    const digest = fromHex(hex);
    if (digest?.length !== 32) throw new CocoonError("proof_malformed", { field: "digests" });
    return digest;
  });
  return { digests, fields };
}
