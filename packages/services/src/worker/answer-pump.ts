// Engine events in, sealed frames out, on a tick: what leaves and when says little about the tokens inside.

import { eventBytesMax } from "@cocoon/protocol";
import { systemTimers, type Timers } from "@cocoon/sdk";

/** Sends one batch of events as one frame; an empty batch is a cover frame. */
export type SendEvents = (events: readonly string[]) => Promise<void>;

export type PumpTimes = {
  /** Events leave this often. */
  readonly tickMs: number;
  /** Silence for so long is broken by a cover frame: who waits must not take a long prompt for a dead worker. */
  readonly coverMs: number;
  readonly timers?: Timers;
};

/** Unsent events of one answer; a reader that is slower than the engine makes the engine wait. */
const unsentBytesMax = 1_048_576;

/**
 * Gathers events and sends them once a tick, in order. A failed send fails everything after it, so that the engine
 * stops when nobody listens.
 */
export class AnswerPump {
  readonly #send: SendEvents;
  readonly #tickMs: number;
  readonly #timers: Timers;
  readonly #stopCovering: () => void;
  #waiting: string[] = [];
  #cancelTick: (() => void) | undefined;
  #sending: Promise<void> = Promise.resolve();
  #unsentBytes = 0;
  #unsentFrames = 0;
  #isSilent = true;
  #failure: { readonly error: unknown } | undefined;

  constructor(send: SendEvents, { tickMs, coverMs, timers = systemTimers }: PumpTimes) {
    this.#send = send;
    this.#tickMs = tickMs;
    this.#timers = timers;
    this.#stopCovering = timers.every(coverMs, () => this.#breakSilence());
  }

  /** Queues an event for the next tick; resolves when there is room for another. Throws what an earlier send threw. */
  async push(event: string): Promise<void> {
    this.#throwFailure();
    this.#waiting.push(event);
    this.#unsentBytes += bytesOf(event);
    this.#cancelTick ??= this.#timers.after(this.#tickMs, () => this.#flush());
    if (this.#unsentBytes <= unsentBytesMax) return;
    this.#flush();
    await this.#sending;
    this.#throwFailure();
  }

  /** Sends what is left and waits until all has left. */
  async finish(): Promise<void> {
    this.#stopCovering();
    this.#flush();
    await this.#sending;
    this.#throwFailure();
  }

  /** Drops what is left. */
  stop(): void {
    this.#stopCovering();
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    this.#waiting = [];
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #flush(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    for (const batch of batchesOf(this.#waiting)) this.#enqueue(batch);
    this.#waiting = [];
  }

  #breakSilence(): void {
    if (this.#isSilent && this.#unsentFrames === 0) this.#enqueue([]);
    this.#isSilent = true;
  }

  #enqueue(batch: readonly string[]): void {
    this.#isSilent = false;
    this.#unsentFrames += 1;
    this.#sending = this.#sendAfter(this.#sending, batch);
  }

  async #sendAfter(before: Promise<void>, batch: readonly string[]): Promise<void> {
    await before;
    try {
      if (this.#failure === undefined) await this.#send(batch);
    } catch (error) {
      this.#failure = { error };
    }
    this.#unsentFrames -= 1;
    for (const event of batch) this.#unsentBytes -= bytesOf(event);
  }
}

/** In a frame: with the line feed behind it. */
export function bytesOf(event: string): number {
  return Buffer.byteLength(event) + 1;
}

/** Events in as few batches as fit a frame. */
function batchesOf(events: readonly string[]): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const event of events) {
    const bytes = bytesOf(event);
    if (bytes > room) {
      batches.push([]);
      room = eventBytesMax;
    }
    batches.at(-1)?.push(event);
    room -= bytes;
  }
  return batches;
}
