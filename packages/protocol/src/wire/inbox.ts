import { CocoonError } from "../errors/index.ts";
import { creditCost, windowBytes } from "./frame.ts";

type Reader = {
  readonly resolve: (message: Uint8Array | undefined) => void;
  readonly reject: (error: CocoonError) => void;
};

/** Credit goes back in halves of the window: one CREDIT frame for 128 KiB of small messages. */
const returnBytes = windowBytes / 2;

/** The messages of one stream that arrived and weren't read yet, never more than the window. */
export class Inbox {
  readonly #sendCredit: (payload: Uint8Array) => void;
  readonly #messages: Uint8Array[] = [];
  #reader: Reader | undefined;
  #isEnded = false;
  #failure: CocoonError | undefined;
  /** What the peer may still send. */
  #windowBytes = windowBytes;
  /** What was read and not yet given back to the peer. */
  #readBytes = 0;

  constructor(sendCredit: (payload: Uint8Array) => void) {
    this.#sendCredit = sendCredit;
  }

  /** Whether the peer said that no more follows. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The next message; undefined after the last; the failure after what came before it. */
  read(): Promise<Uint8Array | undefined> {
    const message = this.#messages.shift();
    if (message !== undefined) {
      this.#returnCredit(message);
      return Promise.resolve(message);
    }
    if (this.#isEnded) return Promise.resolve(undefined);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#reader !== undefined) return Promise.reject(new RangeError("two readers"));
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** Takes a message. Throws `flow_control_violated` when it is more than the peer had credit for. */
  put(message: Uint8Array): void {
    if (this.#isEnded) throw new CocoonError("peer_misbehaved", { reason: "message after end" });
    this.#windowBytes -= creditCost(message);
    if (this.#windowBytes < 0) throw new CocoonError("flow_control_violated");
    const reader = this.#takeReader();
    if (reader === undefined) {
      this.#messages.push(detached(message));
      return;
    }
    this.#returnCredit(message);
    reader.resolve(message);
  }

  end(): void {
    if (this.#isEnded) throw new CocoonError("peer_misbehaved", { reason: "two ends" });
    this.#isEnded = true;
    this.#takeReader()?.resolve(undefined);
  }

  fail(error: CocoonError): void {
    this.#failure = error;
    this.#takeReader()?.reject(error);
  }

  /** Drops what nobody will read. */
  discard(): void {
    this.#messages.length = 0;
    this.#isEnded = false;
  }

  #takeReader(): Reader | undefined {
    const reader = this.#reader;
    this.#reader = undefined;
    return reader;
  }

  #returnCredit(message: Uint8Array): void {
    this.#readBytes += creditCost(message);
    if (this.#readBytes < returnBytes || this.#isEnded || this.#failure !== undefined) return;
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, this.#readBytes);
    this.#windowBytes += this.#readBytes;
    this.#readBytes = 0;
    this.#sendCredit(payload);
  }
}

/** A message that waits must not keep a much larger chunk alive, or the window would bound nothing. */
function detached(message: Uint8Array): Uint8Array {
  return 2 * message.length < message.buffer.byteLength ? new Uint8Array(message) : message;
}
