import type { Socket } from "node:net";
import { handshakeTimeoutMsDefault, type NodeOptions, type Peer, systemTimers } from "@cocoon/sdk";
import { Admission, type Refusal } from "./admission.ts";

/** Whom a listener takes. */
export type WelcomeOptions = NodeOptions & {
  /** Sockets that haven't proved who they are, at once; one more is destroyed. Default 256. */
  readonly strangersMax?: number;
  /** Called for each peer that proved its key, before any stream of it is looked at. */
  readonly onPeer: (peer: Peer) => void;
  /** Told of each socket that never became a peer. */
  readonly onRefused?: (refusal: Refusal) => void;
};

const strangersMaxDefault = 256;

/** All that came to a listener: strangers, and peers that proved who they are. */
export class Guests {
  readonly admission: Admission;
  readonly #peers = new Set<Peer>();
  readonly #onPeer: (peer: Peer) => void;

  constructor(admission: Admission, onPeer: (peer: Peer) => void) {
    this.admission = admission;
    this.#onPeer = onPeer;
  }

  /** The stranger at this socket is this peer. */
  seat(socket: Socket, peer: Peer): void {
    this.admission.release(socket);
    this.#peers.add(peer);
    void peer.connection.closed.then(() => this.#peers.delete(peer));
    this.#onPeer(peer);
  }

  /** Refuses new streams of all; each leaves when its last stream is over. */
  goAway(): void {
    for (const { connection } of this.#peers) connection.goAway();
  }

  /** Sends all away now; resolves when they have left. */
  async close(): Promise<void> {
    this.admission.close();
    await Promise.all(Array.from(this.#peers, (peer) => peer.close()));
  }
}

export function createGuests(options: WelcomeOptions): Guests {
  const admission = new Admission({
    timers: options.timers ?? systemTimers,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? handshakeTimeoutMsDefault,
    strangersMax: options.strangersMax ?? strangersMaxDefault,
    onRefused: options.onRefused ?? (() => undefined),
  });
  return new Guests(admission, options.onPeer);
}
