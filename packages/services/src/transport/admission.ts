import type { Socket } from "node:net";
import type { ErrorCode } from "@cocoon/protocol";
import type { Timers } from "@cocoon/sdk";

/** Why a socket never became a peer. */
export type Refusal = { readonly code: ErrorCode; readonly remoteAddress: string | undefined };

export type AdmissionOptions = {
  readonly timers: Timers;
  readonly handshakeTimeoutMs: number;
  readonly strangersMax: number;
  readonly onRefused: (refusal: Refusal) => void;
};

/** A socket that hasn't proved who it is. */
export type Stranger = {
  readonly socket: Socket;
  /** What will be said of it should it end as a stranger. */
  code: ErrorCode;
};

/** All strangers of a listener: only so many, and each only for so long. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #strangers = new Map<string, Stranger>();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Takes a fresh TCP socket on trust for a while, or destroys it when there are too many such. */
  take(socket: Socket): void {
    const { timers, handshakeTimeoutMs, strangersMax, onRefused } = this.#options;
    const { remoteAddress } = socket;
    if (this.#strangers.size >= strangersMax) {
      socket.destroy();
      onRefused({ code: "queue_full", remoteAddress });
      return;
    }
    const name = nameOf(socket);
    const stranger: Stranger = { socket, code: "handshake_failed" };
    this.#strangers.set(name, stranger);
    const cancel = timers.after(handshakeTimeoutMs, () => {
      if (this.#strangers.get(name) !== stranger) return;
      stranger.code = "peer_timeout";
      socket.destroy();
    });
    socket.once("close", () => {
      cancel();
      if (this.#strangers.get(name) !== stranger) return;
      this.#strangers.delete(name);
      onRefused({ code: stranger.code, remoteAddress });
    });
  }

  /** The stranger below this TLS socket. */
  find(socket: Socket): Stranger | undefined {
    return this.#strangers.get(nameOf(socket));
  }

  /** Its peer is known now. */
  release(socket: Socket): void {
    this.#strangers.delete(nameOf(socket));
  }

  /** Destroys all that are still strangers. */
  close(): void {
    for (const { socket } of this.#strangers.values()) socket.destroy();
  }
}

/** A TLS socket and the TCP socket below it are two objects with one peer address, which no other live one has. */
function nameOf(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}
