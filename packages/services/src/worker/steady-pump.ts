// Engine events in, frames of one size out, one on every tick: what leaves and when says nothing about what is inside.

import { type AnswerFrame, CocoonError, strictEventBytesMax } from "@cocoon/protocol";
import { systemTimers, type Timers } from "@cocoon/sdk";
import { bytesOf } from "./answer-pump.ts";

export type SendFrame = (frame: AnswerFrame) => Promise<void>;

/** Unsent events of one answer; an engine that is quicker than a frame a tick waits. */
const unsentBytesMax = 1_048_576;

/**
 * Sends one frame a tick from its creation on (spec section 4.12): events as far as they fit, else a piece of one, else a
 * cover. A tick on which the peer still takes the frame before is left out. A failed send fails everything after it.
 */
export class SteadyPump {
  readonly #send: SendFrame;
  readonly #stopTicking: () => void;
  readonly #events: string[] = [];
  /** Sent after all events. */
  readonly #frames: AnswerFrame[] = [];
  readonly #waiting = new Set<() => void>();
  #unsentBytes = 0;
  #isSending = false;
  #isFinishing = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    send: SendFrame,
    { tickMs, timers = systemTimers }: { readonly tickMs: number; readonly timers?: Timers },
  ) {
    this.#send = send;
    this.#stopTicking = timers.every(tickMs, () => void this.#tick());
  }

  /** Queues an event; resolves when there is room for another. Throws what an earlier send threw. */
  async push(event: string): Promise<void> {
    this.#throwFailure();
    this.#events.push(event);
    this.#unsentBytes += bytesOf(event);
    while (this.#unsentBytes > unsentBytesMax && !this.#isOver) await this.#progress();
    this.#throwFailure();
  }

  /** Queues a frame of its own, behind all events. It must fit 4,096 bytes. */
  pushFrame(frame: AnswerFrame): void {
    this.#frames.push(frame);
  }

  /** Resolves on the first tick with nothing left to send: what is sent then is on the tick too. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    while (!this.#isOver) await this.#progress();
    this.#throwFailure();
  }

  /** Drops what is left. */
  stop(): void {
    this.#isOver = true;
    this.#stopTicking();
    this.#wake();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isOver && !this.#isFinishing) throw new CocoonError("cancelled");
  }

  async #tick(): Promise<void> {
    if (this.#isSending || this.#isOver) return;
    const frame = this.#next();
    if (frame === undefined) {
      this.stop();
      return;
    }
    this.#isSending = true;
    try {
      await this.#send(frame);
    } catch (error) {
      this.#failure = { error };
      this.stop();
    }
    this.#isSending = false;
    this.#wake();
  }

  #next(): AnswerFrame | undefined {
    const [first] = this.#events;
    if (first !== undefined) return this.#takeEvents() ?? this.#takePart(first);
    const idle: AnswerFrame | undefined = this.#isFinishing ? undefined : { kind: "cover" };
    return this.#frames.shift() ?? idle;
  }

  /** As many events as fit a frame; undefined when the first does not. */
  #takeEvents(): AnswerFrame | undefined {
    let bytes = 0;
    let count = 0;
    for (const event of this.#events) {
      bytes += bytesOf(event);
      if (bytes > strictEventBytesMax) break;
      count += 1;
      this.#unsentBytes -= bytesOf(event);
    }
    if (count === 0) return undefined;
    return { kind: "event", events: this.#events.splice(0, count) };
  }

  #takePart(event: string): AnswerFrame {
    const { read, written } = encoder.encodeInto(event, new Uint8Array(strictEventBytesMax));
    this.#unsentBytes -= written;
    this.#events[0] = event.slice(read);
    return { kind: "part", text: event.slice(0, read) };
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

const encoder = new TextEncoder();
