// Waiting that Ctrl-C ends.

import { setTimeout as pause } from "node:timers/promises";
import { CocoonError } from "@cocoon/protocol";
import type { Clock } from "@cocoon/sdk";

/** Resolves after so long; throws cancelled when the signal aborts. */
export async function wait(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(durationMs, undefined, { signal });
  } catch {
    throw new CocoonError("cancelled");
  }
}

/** The system's clock; what waits by it is cancelled by the signal. */
export function abortableClock(signal: AbortSignal): Clock {
  return { nowMs: () => Date.now(), wait: (durationMs) => wait(durationMs, signal) };
}

export type PollOptions = {
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** For the error: what did not come. */
  readonly what: string;
  readonly signal: AbortSignal;
};

/** Asks until there is an answer. Throws peer_timeout when none came in time, and what asking throws. */
export async function poll<Value>(
  ask: () => Promise<Value | undefined>,
  { everyMs, signal, timeoutMs, what }: PollOptions,
): Promise<Value> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() >= deadlineMs) throw new CocoonError("peer_timeout", { what, timeoutMs });
    await wait(everyMs, signal);
  }
}

/** Settles with the promise, or throws cancelled as soon as the signal aborts. */
export async function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(new CocoonError("cancelled"));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
