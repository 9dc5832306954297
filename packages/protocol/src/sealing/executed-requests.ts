import { toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";

/** 100,000 ids x about 150 bytes = 15 MB. */
const countMaxDefault = 100_000;

/**
 * The requests that a worker has begun to execute, each kept until it could no longer be replayed. A full set refuses
 * new requests: forgetting an id early would let it run twice. It need not survive a restart, since the keys do not.
 */
export class ExecutedRequests {
  readonly #countMax: number;
  readonly #expiries = new Map<string, number>();
  /** No id can be purged before this time. */
  #nextExpiryMs = Infinity;
  /** Ids that end before this were purged; a clock that is set back must not bring them to life. */
  #purgedBeforeMs = 0;

  constructor(countMax: number = countMaxDefault) {
    this.#countMax = countMax;
  }

  /** How many are kept. */
  get count(): number {
    return this.#expiries.size;
  }

  /** Throws sealed_replayed when it was begun before, sealed_expired when that can't be told, queue_full when full. */
  requireNew(requestId: Uint8Array, expiresMs: number, nowMs: number): void {
    this.#purge(nowMs);
    if (expiresMs < this.#purgedBeforeMs) {
      throw new CocoonError("sealed_expired", { reason: "too old" });
    }
    if (this.#expiries.has(toHex(requestId))) throw new CocoonError("sealed_replayed");
    if (this.#expiries.size >= this.#countMax) throw new CocoonError("queue_full");
  }

  /** Marks a request as begun, once; throws as requireNew(). Between two callers exactly one succeeds. */
  add(requestId: Uint8Array, expiresMs: number, nowMs: number): void {
    this.requireNew(requestId, expiresMs, nowMs);
    this.#expiries.set(toHex(requestId), expiresMs);
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresMs);
  }

  #purge(nowMs: number): void {
    if (nowMs <= this.#nextExpiryMs) return;
    this.#nextExpiryMs = Infinity;
    this.#purgedBeforeMs = Math.max(this.#purgedBeforeMs, nowMs);
    for (const [id, expiresMs] of this.#expiries) {
      if (expiresMs < nowMs) this.#expiries.delete(id);
      else this.#nextExpiryMs = Math.min(this.#nextExpiryMs, expiresMs);
    }
  }
}
