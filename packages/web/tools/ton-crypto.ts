// Of @ton/crypto, what TON's libraries use in a page. The package itself comes with two implementations of its own and the
// words of mnemonics: a third of a first visit. It is asked for by require(), so that all it imports is kept whole: one hash.

import { sha256 } from "@noble/hashes/sha2.js";

/** SHA-256, 32 bytes. */
export function sha256_sync(source: Uint8Array | string): Buffer {
  return Buffer.from(sha256(typeof source === "string" ? Buffer.from(source) : source));
}

/** Called where TON's libraries sign by themselves: nothing in a page has them do it. */
export function sign(): never {
  throw new Error("a page signs with keys of its own");
}

export const signVerify: () => never = sign;
