import { CocoonError } from "@cocoon/protocol";

/** What is used of a WebSocket. */
export type MessageSocket = {
  binaryType: string;
  /** Bytes that were given to send() and have not left. */
  readonly bufferedAmount: number;
  send(message: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
};

/** What may wait while a tunnel is made: the answer to our offer, and the HELLO right behind it. */
const waitingMax = 4;

type Taker = {
  readonly resolve: (message: Uint8Array) => void;
  readonly reject: (error: Error) => void;
};

/** The binary messages of a socket: first one at a time, then as they come. */
export class MessageInbox {
  readonly #waiting: Uint8Array[] = [];
  #taker: Taker | undefined;
  #pass: ((message: Uint8Array) => void) | undefined;
  #onFault: (() => void) | undefined;
  #failure: CocoonError | undefined;

  constructor(socket: MessageSocket) {
    socket.addEventListener("message", ({ data }) => this.#take(data));
    socket.addEventListener("close", () => this.#fail("closed"));
  }

  /** The next message. Throws handshake_failed when it is no bytes, or none comes. */
  next(): Promise<Uint8Array> {
    const message = this.#waiting.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#taker = { resolve, reject };
    });
  }

  /** From now on gives every message to `take`, or calls `onFault` at one that is not bytes. */
  pass(take: (message: Uint8Array) => void, onFault: () => void): void {
    this.#pass = take;
    this.#onFault = onFault;
    if (this.#failure !== undefined) onFault();
    for (const message of this.#waiting.splice(0)) take(message);
  }

  #take(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) {
      this.#fail("text");
      this.#onFault?.();
      return;
    }
    const message = new Uint8Array(data);
    if (this.#pass !== undefined) this.#pass(message);
    else if (this.#taker !== undefined) this.#settle((taker) => taker.resolve(message));
    else if (this.#waiting.push(message) > waitingMax) this.#fail("too much at once");
  }

  #fail(reason: string): void {
    const failure = new CocoonError("handshake_failed", { reason });
    this.#failure ??= failure;
    this.#settle((taker) => taker.reject(failure));
  }

  #settle(settle: (taker: Taker) => void): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker !== undefined) settle(taker);
  }
}
