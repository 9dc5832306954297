// Engine events in, sealed frames out, on a tick: what leaves and when says little about the tokens inside.

import { eventBytesMax, utf8 } from "@cocoon/protocol";

/** Sends one batch of events as one frame. */
export type SendEvents = (events: readonly string[]) => Promise<void>;

/**
 * Gathers events and sends them once a tick, in order. A failed send fails everything after it, so that the engine
 * stops when nobody listens.
 */
export class AnswerPump {
  readonly #send: SendEvents;
  readonly #tickMs: number;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(send: SendEvents, tickMs: number) {
    this.#send = send;
    this.#tickMs = tickMs;
  }

  /** Queues an event for the next tick. Throws what an earlier send threw. */
  push(event: string): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => this.#flush(), this.#tickMs);
  }

  /** Sends what is left and waits until all has left. */
  async finish(): Promise<void> {
    this.#flush();
    await this.#sending;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Drops what is left. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const batch of batchesOf(this.#waiting)) {
      this.#sending = this.#sendAfter(this.#sending, batch);
    }
    this.#waiting = [];
  }

  async #sendAfter(before: Promise<void>, batch: readonly string[]): Promise<void> {
    await before;
    if (this.#failure !== undefined) return;
    try {
      await this.#send(batch);
    } catch (error) {
      this.#failure = { error };
    }
  }
}

/** Events in as few batches as fit a frame. */
function batchesOf(events: readonly string[]): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const event of events) {
    const bytes = utf8(event).length + 1;
    if (bytes > room) {
      batches.push([]);
      room = eventBytesMax;
    }
    batches.at(-1)?.push(event);
    room -= bytes;
  }
  return batches;
}
