// A session: one key exchange, many requests to the same worker. Spec section 4.11.

import { concatBytes, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { chunkKeyBytes, chunkNonceBytes } from "./chunk.ts";
import { answerSecretBytes, type SessionSecrets } from "./suite.ts";

/** A worker forgets a session at the end of its key, or after this; a client stops to use it a little earlier. */
export const sessionLifetimeMs = 900_000;
/** Requests of one session. */
export const sessionRequestsMax = 1_000;

const labels = {
  key: utf8("cocoon-e2e/1 session key"),
  nonce: utf8("cocoon-e2e/1 session nonce"),
  answer: utf8("cocoon-e2e/1 session resp"),
};

/** Which request the keys are for. */
export type ResumedRequest = {
  readonly requestId: Uint8Array;
  readonly headerHash: Uint8Array;
};

/** A content key as a resumed request's slot carries it, and the secret of its answer. */
export type ResumedSlot = {
  readonly wrappedKey: Uint8Array;
  readonly answerSecret: Uint8Array;
};

/**
 * What client and worker share after a request that kept a session. The secret stays inside; each request has keys of
 * its own, derived from its id and its header hash.
 */
export class SessionKey {
  /** Of the worker's key that the session began with. The session ends with it. */
  readonly kid: Uint8Array;
  /** 16 bytes, in clear in each slot. */
  readonly id: Uint8Array;
  readonly #secret: Uint8Array;

  /** From what the slot's key exchange exports. */
  constructor(kid: Uint8Array, { id, secret }: SessionSecrets) {
    this.kid = kid;
    this.id = id;
    this.#secret = secret;
  }

  /** Wraps the content key of one request. */
  wrap(request: ResumedRequest, contentKey: Uint8Array): ResumedSlot {
    const { key, nonce, answerSecret } = this.#derive(request);
    const wrappedKey = primitives.aes256GcmSeal(key, nonce, this.kid, contentKey);
    return { wrappedKey, answerSecret };
  }

  /** Throws sealed_unopenable, whatever is wrong. */
  unwrap(
    request: ResumedRequest,
    wrappedKey: Uint8Array,
  ): { readonly contentKey: Uint8Array; readonly answerSecret: Uint8Array } {
    const { key, nonce, answerSecret } = this.#derive(request);
    const contentKey = primitives.aes256GcmOpen(key, nonce, this.kid, wrappedKey);
    if (contentKey === undefined) throw new CocoonError("sealed_unopenable");
    return { contentKey, answerSecret };
  }

  /** HKDF-SHA256(session secret, salt = request id, info = label || header hash). */
  #derive({ requestId, headerHash }: ResumedRequest): {
    readonly key: Uint8Array;
    readonly nonce: Uint8Array;
    readonly answerSecret: Uint8Array;
  } {
    const hkdf = primitives.hkdfSha256(this.#secret, requestId);
    const expand = (label: Uint8Array, sizeBytes: number): Uint8Array =>
      hkdf(concatBytes(label, headerHash), sizeBytes);
    return {
      key: expand(labels.key, chunkKeyBytes),
      nonce: expand(labels.nonce, chunkNonceBytes),
      answerSecret: expand(labels.answer, answerSecretBytes),
    };
  }
}
