import { CocoonError, type ErrorCode, type ErrorDetails } from "../errors/index.ts";
import { deferred } from "./deferred.ts";
import { creditCost, frameTypes, payloadBytesMax, windowBytes } from "./frame.ts";
import { Inbox } from "./inbox.ts";
import { encodeRefusal } from "./refusal.ts";

/** One conversation of messages, both ways, inside a connection. */
export type Stream = AsyncIterable<Uint8Array> & {
  readonly id: number;
  /** What it was opened for, 0 to 255. */
  readonly kind: number;
  /**
   * Sends one message of at most `payloadBytesMax` bytes, which must not change afterwards. Resolves when the
   * peer's credit and the carrier have taken it; rejects with the CocoonError that ended the stream.
   */
  send(message: Uint8Array): Promise<void>;
  /** Half close: no more messages from this side after those given to send(). */
  end(): void;
  /** Gives up both directions at once; the peer gets the code. Nothing happens when the stream is over. */
  reset(code: ErrorCode, details?: ErrorDetails): void;
  /**
   * The next message, or undefined after the peer's end. What arrived before a reset or a loss is still given,
   * then it rejects with the CocoonError. One reader at a time. Iterating calls this; leaving the loop early
   * leaves the stream as it is.
   */
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when the stream is over: undefined when both sides ended it, else the reason. Never rejects. */
  readonly closed: Promise<CocoonError | undefined>;
  /** Aborted with the CocoonError when the stream is reset, by either side, or its connection is lost. */
  readonly signal: AbortSignal;
};

/** What a stream needs of its connection. */
export type StreamHost = {
  /** Whether the carrier takes more now. */
  readonly isWritable: () => boolean;
  readonly write: (stream: number, type: number, payload: Uint8Array) => void;
  /** Calls pumpOnce() when the carrier takes more. */
  readonly awaitDrain: (stream: MuxStream) => void;
  /** The stream is over: its id may be forgotten. */
  readonly forget: (stream: MuxStream) => void;
};

type WaitingSend = {
  readonly message: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: CocoonError) => void;
};

const empty = new Uint8Array();
const sent = Promise.resolve();

/** A stream as its connection sees it. */
export class MuxStream implements Stream {
  readonly id: number;
  readonly kind: number;
  readonly #host: StreamHost;
  readonly #inbox: Inbox;
  readonly #waiting: WaitingSend[] = [];
  readonly #closed = deferred<CocoonError | undefined>();
  #abort: AbortController | undefined;
  #failure: CocoonError | undefined;
  #creditBytes = windowBytes;
  #isEnding = false;
  #isEndSent = false;

  constructor(host: StreamHost, id: number, kind: number) {
    this.id = id;
    this.kind = kind;
    this.#host = host;
    this.#inbox = new Inbox((credit) => host.write(id, frameTypes.credit, credit));
  }

  get closed(): Promise<CocoonError | undefined> {
    return this.#closed.promise;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#failure !== undefined) this.#abort.abort(this.#failure);
    return this.#abort.signal;
  }

  send(message: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isEnding) return Promise.reject(new RangeError("message after end"));
    if (message.length > payloadBytesMax) return Promise.reject(new RangeError("message too long"));
    if (this.#waiting.length === 0 && this.#maySend(message)) {
      this.#write(message);
      return sent;
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject });
      if (!this.#host.isWritable()) this.#host.awaitDrain(this);
    });
  }

  end(): void {
    this.#isEnding = true;
    this.#finishSending();
  }

  reset(code: ErrorCode, details: ErrorDetails = {}): void {
    if (this.#isOver()) return;
    this.#host.write(this.id, frameTypes.reset, encodeRefusal(code, details));
    this.#host.forget(this);
    this.#inbox.discard();
    this.fail(new CocoonError(code, details));
  }

  read(): Promise<Uint8Array | undefined> {
    return this.#inbox.read();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        const value = await this.read();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
    };
  }

  /** DATA came. */
  receive(message: Uint8Array): void {
    this.#inbox.put(message);
  }

  /** END came. */
  receiveEnd(): void {
    this.#inbox.end();
    this.#closeWhenDone();
  }

  /** CREDIT came. */
  addCredit(bytes: number): void {
    this.#creditBytes += bytes;
    if (this.#creditBytes > 0xffff_ffff) {
      throw new CocoonError("flow_control_violated", { reason: "too much credit" });
    }
    while (this.pumpOnce());
    if (this.#isHeldByCarrier()) this.#host.awaitDrain(this);
  }

  /** Sends one waiting message if credit and carrier allow; returns whether it did. */
  pumpOnce(): boolean {
    const first = this.#waiting[0];
    if (first === undefined || !this.#maySend(first.message)) return false;
    this.#waiting.shift();
    this.#write(first.message);
    first.resolve();
    this.#finishSending();
    return true;
  }

  /** The stream is lost: everything that waits is settled with this error. */
  fail(error: CocoonError): void {
    if (this.#isOver()) return;
    this.#failure = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#inbox.fail(error);
    this.#abort?.abort(error);
    this.#closed.resolve(error);
  }

  #maySend(message: Uint8Array): boolean {
    return this.#host.isWritable() && creditCost(message) <= this.#creditBytes;
  }

  #isHeldByCarrier(): boolean {
    return this.#waiting.length > 0 && !this.#host.isWritable();
  }

  #write(message: Uint8Array): void {
    this.#creditBytes -= creditCost(message);
    this.#host.write(this.id, frameTypes.data, message);
  }

  #finishSending(): void {
    if (!this.#isEnding || this.#isEndSent || this.#isOver() || this.#waiting.length > 0) return;
    this.#isEndSent = true;
    this.#host.write(this.id, frameTypes.end, empty);
    this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (!this.#isOver() || this.#failure !== undefined) return;
    this.#host.forget(this);
    this.#closed.resolve(undefined);
  }

  #isOver(): boolean {
    return this.#failure !== undefined || (this.#isEndSent && this.#inbox.isEnded);
  }
}
