// Stands for node:crypto in a page, as far as the suite uses it: hashes, which here are not a second implementation.

import { concatBytes, primitives, toHex, utf8 } from "@cocoon/protocol";

type Hash = {
  update(part: Uint8Array | string): Hash;
  digest(encoding?: "hex"): Uint8Array | string;
};

export function createHash(name: "sha256" | "sha512"): Hash {
  const parts: Uint8Array[] = [];
  const hash: Hash = {
    update(part) {
      parts.push(typeof part === "string" ? utf8(part) : part);
      return hash;
    },
    digest(encoding) {
      const digest = primitives[name](concatBytes(...parts));
      return encoding === undefined ? digest : toHex(digest);
    },
  };
  return hash;
}
