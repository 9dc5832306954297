// Idempotency keys: a request that is made again is not answered and paid again.

import { createHmac } from "node:crypto";
import { CocoonError } from "@cocoon/protocol";
import type { Served } from "@cocoon/sdk";
import type { Store } from "../store/index.ts";

export type IdempotentRequest = {
  /** As the application gave it. */
  readonly key: string;
  /** Whose it is: the same key of another is another. */
  readonly owner: string;
  /** The path and the body, as they came. */
  readonly content: string;
};

type Kept = {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
  readonly keptAtMs: number;
};

const keyLengthMax = 255;
/** Answers are kept in memory alone, for so long and no more of them than this. */
const keptMs = 600_000;
const keptBytesMax = 33_554_432;
/** How long a key is known. */
const knownMs = 86_400_000;

/**
 * Disk knows of a key that it was used, and a keyed hash of what for: no prompt, and nothing that a guess could be tried
 * on. The answer is kept for a while in memory. A key whose answer is gone is refused rather than paid for twice.
 */
export class Replays {
  readonly #store: Store;
  readonly #secret: Uint8Array;
  readonly #now: () => number;
  readonly #running = new Set<string>();
  readonly #kept = new Map<string, Kept>();
  #keptBytes = 0;

  /** The secret keys the hashes. 32 bytes. */
  constructor(store: Store, secret: Uint8Array, now: () => number) {
    this.#store = store;
    this.#secret = secret;
    this.#now = now;
  }

  /**
   * The answer to a request that is made for the first time, or the one that was given. Throws idempotency_in_progress,
   * idempotency_mismatch and idempotency_expired. A request that fails, or whose application leaves, was never made.
   */
  async once(request: IdempotentRequest, serve: () => Promise<Served>): Promise<Served> {
    if (!/^[\x20-\x7e]+$/.test(request.key) || request.key.length > keyLengthMax) {
      throw new CocoonError("request_malformed", { param: "idempotency-key" });
    }
    const id = this.#hash(`${request.owner}\n${request.key}`);
    const replayed = await this.#begin(id, this.#hash(request.content));
    if (replayed !== undefined) {
      return { response: replayed, answers: [], ended: Promise.resolve() };
    }
    try {
      const served = await serve();
      return { ...served, response: this.#keeping(id, served) };
    } catch (error) {
      await this.#forget(id);
      throw error;
    }
  }

  /** Notes durably that the key is used; the answer where it was before. */
  async #begin(id: string, bodyHash: string): Promise<Response | undefined> {
    const nowMs = this.#now();
    const known = await this.#store.commit((db) => {
      db.prepare("DELETE FROM idempotency WHERE began_at_ms < ?").run(nowMs - knownMs);
      const row = db
        .prepare<{ body_hash: string }>("SELECT body_hash FROM idempotency WHERE key_hash = ?")
        .get(id);
      if (row !== undefined) return row;
      db.prepare("INSERT INTO idempotency (key_hash, body_hash, began_at_ms) VALUES (?, ?, ?)").run(
        id,
        bodyHash,
        nowMs,
      );
      this.#running.add(id);
      return undefined;
    });
    if (known === undefined) return undefined;
    if (known.body_hash !== bodyHash) throw new CocoonError("idempotency_mismatch");
    if (this.#running.has(id))
      throw new CocoonError("idempotency_in_progress", { retryAfterMs: 1_000 });
    this.#evict(nowMs);
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new CocoonError("idempotency_expired");
    return new Response(kept.body, {
      status: kept.status,
      headers: [
        ...kept.headers.map(([name, value]): [string, string] => [name, value]),
        ["x-cocoon-replayed", "yes"],
      ],
    });
  }

  /** The response, kept as it goes. */
  #keeping(id: string, { response, answers }: Served): Response {
    const pieces: Uint8Array[] = [];
    return watchBody(response, {
      onPiece: (piece) => pieces.push(piece),
      onEnd: async () => {
        if (answers.every(({ completed }) => completed !== undefined))
          this.#keep(id, response, pieces);
        else await this.#forget(id);
      },
    });
  }

  #keep(id: string, response: Response, pieces: readonly Uint8Array[]): void {
    const body = new Uint8Array(Buffer.concat(pieces));
    this.#running.delete(id);
    this.#kept.set(id, {
      status: response.status,
      headers: [...response.headers],
      body,
      keptAtMs: this.#now(),
    });
    this.#keptBytes += body.length;
    this.#evict(this.#now());
  }

  /** The oldest first, which is the order of a Map. */
  #evict(nowMs: number): void {
    for (const [id, { body, keptAtMs }] of this.#kept) {
      if (this.#keptBytes <= keptBytesMax && keptAtMs > nowMs - keptMs) return;
      this.#kept.delete(id);
      this.#keptBytes -= body.length;
    }
  }

  async #forget(id: string): Promise<void> {
    await this.#store.commit((db) => {
      db.prepare("DELETE FROM idempotency WHERE key_hash = ?").run(id);
    });
    this.#running.delete(id);
  }

  #hash(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("hex");
  }
}

type BodyWatch = {
  readonly onPiece: (piece: Uint8Array) => void;
  /** Once: the body has come to its end, failed, or was left. */
  readonly onEnd: () => Promise<void> | void;
};

/** The same response, watched. */
function watchBody(response: Response, { onPiece, onEnd }: BodyWatch): Response {
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  const watched = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = await reader?.read();
      if (next === undefined || next.done) {
        await onEnd();
        controller.close();
        return;
      }
      onPiece(next.value);
      controller.enqueue(next.value);
    },
    cancel: async () => {
      await reader?.cancel();
      await onEnd();
    },
  });
  const { status, headers } = response;
  return new Response(watched, { status, headers });
}
