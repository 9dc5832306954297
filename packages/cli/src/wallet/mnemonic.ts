// From the 24 words of a TON wallet to its seed, as ton-blockchain/ton: tonlib/tonlib/keys/Mnemonic.cpp does it:
//
//     entropy = HMAC-SHA-512(words joined by spaces, empty password)
//     check   = PBKDF2-HMAC-SHA-512(entropy, "TON seed version", 390 rounds)      first byte 0
//     seed    = PBKDF2-HMAC-SHA-512(entropy, "TON default seed", 100,000 rounds)  first 32 bytes

import { createHmac, pbkdf2Sync } from "node:crypto";
import { CocoonError } from "@cocoon/protocol";

const wordCount = 24;
const rounds = 100_000;
const checkRounds = Math.floor(rounds / 256);

/**
 * The Ed25519 seed, 32 bytes. Throws option_invalid for what is no TON mnemonic without a password: another count of
 * words, the words of another kind of wallet, and 255 of 256 typing errors.
 */
export function seedOfMnemonic(text: string): Uint8Array {
  const words = text.trim().toLowerCase().split(/\s+/);
  const isSpelled = words.every((word) => /^[a-z]+$/.test(word));
  if (words.length !== wordCount || !isSpelled) {
    throw new CocoonError("option_invalid", { reason: "a mnemonic is 24 words" });
  }
  const entropy = createHmac("sha512", words.join(" ")).digest();
  const [check] = pbkdf2Sync(entropy, "TON seed version", checkRounds, 64, "sha512");
  if (check !== 0) {
    throw new CocoonError("option_invalid", {
      reason: "these words are no TON mnemonic, or it has a password, or one is misspelt",
    });
  }
  const seed = pbkdf2Sync(entropy, "TON default seed", rounds, 64, "sha512");
  return new Uint8Array(seed.subarray(0, 32));
}
