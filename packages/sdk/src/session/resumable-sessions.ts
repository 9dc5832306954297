import { type SessionKey, sessionLifetimeMs, sessionRequestsMax, toHex } from "@cocoon/protocol";
import type { Recipient } from "./recipients.ts";

type Kept = { readonly key: SessionKey; readonly expiresMs: number; requestsLeft: number };

/** Given up this long before the worker forgets it. */
const marginMs = 60_000;
/** Far more workers than one client talks to. */
const countMax = 256;

/**
 * The client's end of sessions with workers (spec 4.11): kept in memory alone, used while the worker offers the same key,
 * and given up a little before the worker does.
 */
export class ResumableSessions {
  readonly #kept = new Map<string, Kept>();

  /** The worker has answered a request that asked it to keep this session. */
  keep(key: SessionKey, nowMs: number): void {
    if (this.#kept.size >= countMax) this.#kept.clear();
    const expiresMs = nowMs + sessionLifetimeMs - marginMs;
    this.#kept.set(toHex(key.kid), { key, expiresMs, requestsLeft: sessionRequestsMax / 2 });
  }

  /**
   * The first recipient and those after it that there is a session with, each with its session; undefined when there is
   * none with the first.
   */
  resume(recipients: readonly Recipient[], nowMs: number): readonly Resumed[] | undefined {
    const resumed = recipients.flatMap((recipient): readonly Resumed[] => {
      const kept = this.#kept.get(toHex(recipient.key.kid));
      const isAlive = kept !== undefined && nowMs < kept.expiresMs && kept.requestsLeft > 0;
      return isAlive ? [{ recipient, kept }] : [];
    });
    if (resumed[0]?.recipient !== recipients[0]) return undefined;
    for (const { kept } of resumed) kept.requestsLeft -= 1;
    return resumed;
  }

  /** The worker does not know the session with this key any more. */
  forget(kid: Uint8Array): void {
    this.#kept.delete(toHex(kid));
  }
}

export type Resumed = { readonly recipient: Recipient; readonly kept: Kept };
