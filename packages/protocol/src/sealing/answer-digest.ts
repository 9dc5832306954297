import { primitives } from "../primitives/index.ts";

/**
 * The hash of a sealed answer as its receipt names it: SHA-256 of the head and all chunks before the final one.
 * Worker, proxy and client each compute it as the bytes pass; none has to keep them.
 */
export class AnswerDigest {
  readonly #hash = primitives.sha256Stream();
  #chunkCount = 0;
  #result: Uint8Array | undefined;

  constructor(head: Uint8Array) {
    this.#hash.update(head);
  }

  /** Chunks added so far. */
  get chunkCount(): number {
    return this.#chunkCount;
  }

  /** Adds the next chunk as it is on the wire. The final one does not belong. */
  add(chunk: Uint8Array): void {
    if (this.#result !== undefined) throw new RangeError("the digest was taken");
    this.#hash.update(chunk);
    this.#chunkCount += 1;
  }

  /** 32 bytes. Ends the digest: nothing can be added after it. */
  digest(): Uint8Array {
    this.#result ??= this.#hash.digest();
    return this.#result;
  }
}
