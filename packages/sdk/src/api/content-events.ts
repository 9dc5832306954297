// What an application needs to open its answer to somebody later. It gets it with the answer, and nobody keeps it here.

import { type OpenableContent, toBase64, toHex } from "@cocoon/protocol";

/** One field of an answer's commitment; see spec section 6.4. */
export type ContentEvent = {
  readonly object: "cocoon.content";
  readonly name: string;
  /** The answer's salt, hex: it opens all fields, so it is for the application alone. */
  readonly salt: string;
  /** Hex, of all fields. */
  readonly digests: readonly string[];
  /** Base64. */
  readonly value: string;
};

/** A longer one fits no proof file, and no event of a stream. */
const valueBytesMax = 700_000;

/** An event for each field that a proof file can open. */
export function contentEvents({ digests, fields, salt }: OpenableContent): ContentEvent[] {
  return Object.entries(fields)
    .filter(([, value]) => value.length <= valueBytesMax)
    .map(([name, value]) => {
      return {
        object: "cocoon.content",
        name,
        salt: toHex(salt),
        digests: digests.map((digest) => toHex(digest)),
        value: toBase64(value),
      };
    });
}
