// From the 24 words of a TON wallet to its seed, as ton-blockchain/ton: tonlib/tonlib/keys/Mnemonic.cpp does it:
//
//     entropy = HMAC-SHA-512(words joined by spaces, empty password)
//     check   = PBKDF2-HMAC-SHA-512(entropy, "TON seed version", 390 rounds)      first byte 0
//     seed    = PBKDF2-HMAC-SHA-512(entropy, "TON default seed", 100,000 rounds)  first 32 bytes

import { createHmac, pbkdf2Sync } from "node:crypto";
import { CocoonError } from "@cocoon/protocol";
import { mnemonicWordList } from "@ton/crypto";

const wordCount = 24;
const rounds = 100_000;
/** The list of BIP-39 in English, which TON's wallets draw their words from. */
const known: ReadonlySet<string> = new Set(mnemonicWordList);
const checkRounds = Math.floor(rounds / 256);

/**
 * The Ed25519 seed, 32 bytes. Throws option_invalid for what is no TON mnemonic without a password: another count of
 * words; words that are not in the list, by their number alone; and the words of another kind of wallet, or in another
 * order, but for one case in 256.
 */
export function seedOfMnemonic(text: string): Uint8Array {
  const words = text.trim().toLowerCase().split(/\s+/);
  if (words.length !== wordCount) {
    const counted = text.trim() === "" ? 0 : words.length;
    throw new CocoonError("option_invalid", { reason: `a mnemonic is 24 words, not ${counted}` });
  }
  refuseUnknown(words);
  const entropy = createHmac("sha512", words.join(" ")).digest();
  const [check] = pbkdf2Sync(entropy, "TON seed version", checkRounds, 64, "sha512");
  if (check !== 0) {
    throw new CocoonError("option_invalid", {
      reason: "these words are no TON mnemonic, or not in this order, or it has a password",
    });
  }
  const seed = pbkdf2Sync(entropy, "TON default seed", rounds, 64, "sha512");
  return new Uint8Array(seed.subarray(0, 32));
}

/** Names the words that are not in the list by their place: what they are stays with who typed them. */
function refuseUnknown(words: readonly string[]): void {
  const unknown = words.flatMap((word, index) => (known.has(word) ? [] : [index + 1]));
  if (unknown.length === 0) return;
  const which = unknown.length === 1 ? "word" : "words";
  throw new CocoonError("option_invalid", {
    reason: `${which} ${unknown.join(", ")} of the mnemonic cannot be right: not in the list of words`,
  });
}
