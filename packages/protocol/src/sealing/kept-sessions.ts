import { equalBytes, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { type SessionKey, sessionLifetimeMs, sessionRequestsMax } from "./session-key.ts";

/** 20,000 sessions x about 400 bytes = 8 MB. */
const countMaxDefault = 20_000;

type Kept = { readonly key: SessionKey; readonly expiresMs: number; requestsLeft: number };

/** The sessions that a worker keeps, in memory alone. When there is no room the oldest is forgotten. */
export class KeptSessions {
  readonly #countMax: number;
  readonly #kept = new Map<string, Kept>();

  constructor(countMax: number = countMaxDefault) {
    this.#countMax = countMax;
  }

  /** How many are kept. */
  get count(): number {
    return this.#kept.size;
  }

  /** Keeps a session for its time, and never beyond the end of the key that it began with. */
  keep(key: SessionKey, keyNotAfterMs: number, nowMs: number): void {
    this.#forgetOld(nowMs);
    const expiresMs = Math.min(keyNotAfterMs, nowMs + sessionLifetimeMs);
    this.#kept.set(toHex(key.id), { key, expiresMs, requestsLeft: sessionRequestsMax });
  }

  /** The session of this id that began with this key. Throws session_unknown. */
  find(id: Uint8Array, kid: Uint8Array, nowMs: number): SessionKey {
    const kept = this.#kept.get(toHex(id));
    if (kept === undefined || nowMs >= kept.expiresMs || !equalBytes(kept.key.kid, kid)) {
      throw new CocoonError("session_unknown");
    }
    return kept.key;
  }

  /** Counts a request that opened: who only knows the id can't use a session up. */
  spend(id: Uint8Array): void {
    const name = toHex(id);
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    kept.requestsLeft -= 1;
    if (kept.requestsLeft <= 0) this.#kept.delete(name);
  }

  /** Insertion order is the order of age, though not of expiry. */
  #forgetOld(nowMs: number): void {
    for (const [name, { expiresMs }] of this.#kept) {
      if (nowMs < expiresMs && this.#kept.size < this.#countMax) return;
      this.#kept.delete(name);
    }
  }
}
