import { CocoonError } from "../errors/index.ts";
import type { MuxStream } from "./stream.ts";

/** Which end of a connection this is. The one that dialed numbers its streams 1, 3, 5 and so on, the other 2, 4, 6. */
export type Side = "dialer" | "listener";

const streamIdMax = 0xffff_ffff;

/** The live streams of one connection by id. Ids only grow, so one that is not here was closed or never opened. */
export class StreamTable {
  readonly #live = new Map<number, MuxStream>();
  readonly #peerStreamsMax: number;
  #ownNext: number;
  #peerNext: number;
  #peerLive = 0;

  constructor(side: Side, peerStreamsMax: number) {
    this.#ownNext = side === "dialer" ? 1 : 2;
    this.#peerNext = side === "dialer" ? 2 : 1;
    this.#peerStreamsMax = peerStreamsMax;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Whether the peer has as many streams open as it may. */
  get isFull(): boolean {
    return this.#peerLive >= this.#peerStreamsMax;
  }

  all(): MuxStream[] {
    return [...this.#live.values()];
  }

  /** The id of the next stream that this side opens, or undefined after two thousand million of them. */
  takeOwnId(): number | undefined {
    if (this.#ownNext > streamIdMax) return undefined;
    const id = this.#ownNext;
    this.#ownNext += 2;
    return id;
  }

  /** Notes that the peer opens this id. Throws `peer_misbehaved` when it is used, skipped back or ours. */
  takePeerId(id: number): void {
    if (id < this.#peerNext || id % 2 !== this.#peerNext % 2) {
      throw new CocoonError("peer_misbehaved", { reason: "stream id out of order" });
    }
    this.#peerNext = id + 2;
  }

  add(stream: MuxStream): void {
    this.#live.set(stream.id, stream);
    if (this.#isPeers(stream.id)) this.#peerLive += 1;
  }

  delete(stream: MuxStream): void {
    if (this.#live.delete(stream.id) && this.#isPeers(stream.id)) this.#peerLive -= 1;
  }

  /** The live stream, or undefined when it is closed. Throws `peer_misbehaved` when it never was. */
  find(id: number): MuxStream | undefined {
    const next = this.#isPeers(id) ? this.#peerNext : this.#ownNext;
    if (id === 0 || id >= next) {
      throw new CocoonError("peer_misbehaved", { reason: "stream never opened" });
    }
    return this.#live.get(id);
  }

  #isPeers(id: number): boolean {
    return id % 2 === this.#peerNext % 2;
  }
}
