// A wire between two roles that the harness holds: it can be cut, slowed, muted, ended in the middle of a word, and noisy.

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export type RelayOptions = {
  /** Such as `gateway-proxy`. */
  readonly name: string;
  /** Port of this machine. */
  readonly to: number;
  /** Sees every piece that passes, in either direction; one observer for each. */
  readonly observe: () => (piece: Buffer) => void;
};

/** What faults did to what really passed. */
export type RelayCounts = {
  bytes: number;
  /** Connections that were broken while they were open. */
  broken: number;
  /** Bytes that came late. */
  delayed: number;
  /** Bytes that never came. */
  swallowed: number;
  /** Bytes that were changed. */
  changed: number;
};

/** Pieces wait no longer than this for who does not read. */
const highWaterBytes = 1 << 20;

export class Relay {
  readonly name: string;
  readonly counts: RelayCounts = { bytes: 0, broken: 0, delayed: 0, swallowed: 0, changed: 0 };
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #isMuted = false;
  #delayMs = 0;
  /** Each connection ends after so many more bytes. */
  #truncateAfter: number | undefined;
  /** The byte to change, counted from now on. */
  #changeAfter: number | undefined;

  private constructor(options: RelayOptions) {
    this.name = options.name;
    this.#options = options;
    this.#server = createServer((near) => this.#accept(near));
  }

  static async open(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options);
    relay.#server.listen({ host: "127.0.0.1", port: 0 });
    await once(relay.#server, "listening");
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new RangeError("not listening");
    return address.port;
  }

  get connectionCount(): number {
    return this.#sockets.size / 2;
  }

  /** Breaks every connection, and every new one, until it is mended. */
  cut(): void {
    this.#isCut = true;
    this.#breakAll();
  }

  /** Nothing arrives any more, and nobody is told. */
  mute(): void {
    this.#isMuted = true;
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  truncateAfter(bytes: number): void {
    this.#truncateAfter = bytes;
  }

  changeAfter(bytes: number): void {
    this.#changeAfter = bytes;
  }

  /** A good wire again. Connections that lost something on it are broken: their two ends must find out. */
  mend(): void {
    if (this.#isMuted) this.#breakAll();
    this.#isCut = false;
    this.#isMuted = false;
    this.#delayMs = 0;
    this.#truncateAfter = undefined;
    this.#changeAfter = undefined;
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #accept(near: Socket): void {
    near.on("error", () => undefined);
    if (this.#isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ host: "127.0.0.1", port: this.#options.to, noDelay: true });
    near.setNoDelay(true);
    far.on("error", () => undefined);
    this.#pass(near, far);
    this.#pass(far, near);
  }

  #pass(from: Socket, to: Socket): void {
    const observe = this.#options.observe();
    const queue = new DelayQueue(to);
    this.#sockets.add(from);
    from.on("data", (piece: Buffer) => {
      this.counts.bytes += piece.length;
      observe(piece);
      if (this.#isMuted) {
        this.counts.swallowed += piece.length;
        return;
      }
      if (this.#delayMs > 0) this.counts.delayed += piece.length;
      queue.push(this.#spoil(piece, from, to), this.#delayMs);
      if (queue.bytes + to.writableLength < highWaterBytes) return;
      from.pause();
      queue.whenShort(() => from.resume());
    });
    from.once("close", () => {
      this.#sockets.delete(from);
      queue.end();
    });
  }

  /** What is left of a piece on a bad wire. */
  #spoil(piece: Buffer, from: Socket, to: Socket): Buffer {
    if (this.#changeAfter !== undefined) {
      if (this.#changeAfter < piece.length) {
        piece[this.#changeAfter] = (piece[this.#changeAfter] ?? 0) ^ 0x10;
        this.counts.changed += 1;
        this.#changeAfter = undefined;
      } else {
        this.#changeAfter -= piece.length;
      }
    }
    if (this.#truncateAfter === undefined) return piece;
    const kept = piece.subarray(0, this.#truncateAfter);
    this.#truncateAfter -= kept.length;
    if (this.#truncateAfter > 0) return kept;
    this.counts.swallowed += piece.length - kept.length;
    this.counts.broken += 1;
    this.#truncateAfter = undefined;
    to.end(kept);
    from.destroy();
    return Buffer.alloc(0);
  }

  #breakAll(): void {
    this.counts.broken += this.connectionCount;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}

/** Keeps pieces in order, each for its time. */
class DelayQueue {
  readonly #to: Socket;
  readonly #pieces: { readonly piece: Buffer; readonly atMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isEnding = false;
  #onShort: (() => void) | undefined;
  bytes = 0;

  constructor(to: Socket) {
    this.#to = to;
    to.on("drain", () => this.#tellIfShort());
  }

  push(piece: Buffer, delayMs: number): void {
    if (delayMs === 0 && this.#pieces.length === 0) {
      if (this.#to.writable) this.#to.write(piece);
      return;
    }
    this.bytes += piece.length;
    this.#pieces.push({ piece, atMs: performance.now() + delayMs });
    this.#wait();
  }

  whenShort(tell: () => void): void {
    this.#onShort = tell;
  }

  /** Closes the other side after what still waits. */
  end(): void {
    this.#isEnding = true;
    if (this.#pieces.length === 0) this.#to.destroySoon();
  }

  #wait(): void {
    const [next] = this.#pieces;
    if (this.#timer !== undefined || next === undefined) return;
    this.#timer = setTimeout(() => this.#release(), Math.max(0, next.atMs - performance.now()));
  }

  #release(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (
      let next = this.#pieces[0];
      next !== undefined && next.atMs <= nowMs;
      next = this.#pieces[0]
    ) {
      this.#pieces.shift();
      this.bytes -= next.piece.length;
      if (this.#to.writable) this.#to.write(next.piece);
    }
    if (this.#isEnding && this.#pieces.length === 0) this.#to.destroySoon();
    this.#tellIfShort();
    this.#wait();
  }

  #tellIfShort(): void {
    if (this.bytes + this.#to.writableLength >= highWaterBytes) return;
    this.#onShort?.();
    this.#onShort = undefined;
  }
}
