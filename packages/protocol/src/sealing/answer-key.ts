import { concatBytes, utf8 } from "../bytes/index.ts";
import { primitives } from "../primitives/index.ts";
import { type ChunkKeys, chunkKeyBytes, chunkNonceBytes } from "./chunk.ts";

/**
 * What one recipient and the client share to seal and open the answer. The secret stays inside, so that no log of a
 * request can print it.
 */
export class AnswerKey {
  /** The recipient's, 8 bytes. */
  readonly kid: Uint8Array;
  readonly #enc: Uint8Array;
  readonly #secret: Uint8Array;

  constructor(kid: Uint8Array, enc: Uint8Array, secret: Uint8Array) {
    this.kid = kid;
    this.#enc = enc;
    this.#secret = secret;
  }

  /**
   * The keys of an answer with this nonce of 32 bytes (as RFC 9458 section 4.4 derives a response's):
   * prk = Extract(salt = enc || nonce, exported secret); key = Expand(prk, "key"), base = Expand(prk, "nonce").
   */
  derive(answerNonce: Uint8Array): ChunkKeys {
    const salt = concatBytes(this.#enc, answerNonce);
    const expand = primitives.hkdfSha256(this.#secret, salt);
    return {
      key: expand(utf8("key"), chunkKeyBytes),
      nonceBase: expand(utf8("nonce"), chunkNonceBytes),
    };
  }
}
