import { FrameWriter } from "./frame-writer.ts";
import type { MuxStream } from "./stream.ts";

/** What carries the bytes of a connection: a socket, or anything as ordered and reliable. Calls nothing back at once. */
export type Carrier = {
  /** Sends chunks in order. False: no more until it has called Connection.drained(). */
  write(chunks: readonly Uint8Array[]): boolean;
  /** Calls once, when whatever else is ready now had its turn, so that many small frames leave as one write. */
  schedule(flush: () => void): void;
  /** Sends what was written, then closes; Connection.carrierClosed() may follow. */
  close(): void;
};

/** A flush of this size is worth its own write. */
const flushBytes = 128 * 1_024;
/** What a peer may make us say (PONG, RESET, CREDIT) while it reads nothing. */
const unsentBytesMax = 1_024 * 1_024;

/** The frames on their way to a carrier, and the streams that wait until it takes more. */
export class Outbox {
  readonly #carrier: Carrier;
  readonly #writer = new FrameWriter();
  readonly #waiting = new Set<MuxStream>();
  #isScheduled = false;
  #isBlocked = false;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  /** Whether messages may be added. Other frames always may. */
  get isWritable(): boolean {
    return !this.#isBlocked;
  }

  /** Adds a frame. Returns false when the peer takes nothing and too much has piled up. */
  add(stream: number, type: number, payload: Uint8Array): boolean {
    this.#writer.add(stream, type, payload);
    if (this.#isBlocked) return this.#writer.bytes <= unsentBytesMax;
    if (this.#writer.bytes >= flushBytes) this.#flush();
    else this.#schedule();
    return true;
  }

  /** The stream has a message to send once the carrier takes more. */
  wait(stream: MuxStream): void {
    this.#waiting.add(stream);
  }

  forget(stream: MuxStream): void {
    this.#waiting.delete(stream);
  }

  /** The carrier takes more. Streams that wait have one message sent each, in turn. */
  drained(): void {
    this.#isBlocked = false;
    this.#flush();
    for (const stream of this.#waiting) {
      if (!this.isWritable) return;
      this.#waiting.delete(stream);
      // Added again it comes last, and this loop reaches it once the others had their turn.
      if (stream.pumpOnce()) this.#waiting.add(stream);
    }
  }

  /** Sends what is left and closes the carrier. */
  finish(): void {
    this.#waiting.clear();
    this.#isBlocked = false;
    this.#flush();
    this.#carrier.close();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#carrier.schedule(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isBlocked || this.#writer.bytes === 0) return;
    this.#isBlocked = !this.#carrier.write(this.#writer.take());
  }
}
