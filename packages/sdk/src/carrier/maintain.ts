import { CocoonError } from "@cocoon/protocol";
import type { Peer } from "./peer.ts";
import { systemTimers, type Timers } from "./timers.ts";

export type MaintainOptions = {
  /** One attempt, such as dial() with everything but the signal fixed. */
  readonly dial: (signal: AbortSignal) => Promise<Peer>;
  /** Stops for good: the current peer is closed, a waiting next() rejects with `cancelled`. */
  readonly signal: AbortSignal;
  readonly onConnected?: (peer: Peer) => void;
  /** The peer was lost; why, unless it ended in order. */
  readonly onDisconnected?: (peer: Peer, error: CocoonError | undefined) => void;
  /** An attempt failed; the next one comes after the delay. */
  readonly onFailed?: (error: CocoonError, delayMs: number) => void;
  /** First delay. Default 250 ms; it doubles with each failure in a row. */
  readonly delayMinMs?: number;
  /** Default 30 s. */
  readonly delayMaxMs?: number;
  /** From 0 to 1: spreads the returns of many nodes that lost the same peer. */
  readonly random?: () => number;
  readonly timers?: Timers;
};

/** A connection that is dialed again whenever it is lost. */
export type Maintained = {
  /** The peer, while it can be asked anything new. */
  readonly peer: Peer | undefined;
  /** The peer, or the next one that is connected. Rejects with `cancelled` when it is stopped or the signal says so. */
  next(signal?: AbortSignal): Promise<Peer>;
  /** Resolves when it was stopped and its last socket is closed. */
  readonly stopped: Promise<void>;
};

/** A connection that lasted so long was good: the next failure counts as the first. */
const goodAfterMs = 10_000;

/** Keeps a connection to one peer for as long as the signal allows. */
export function maintain(options: MaintainOptions): Maintained {
  const keeper = new Keeper(options);
  const stopped = keeper.run();
  return {
    get peer() {
      return keeper.peer;
    },
    next: (signal) => keeper.next(signal),
    stopped,
  };
}

type Waiting = { readonly resolve: (peer: Peer) => void; readonly reject: (error: Error) => void };

class Keeper {
  readonly #options: MaintainOptions;
  readonly #timers: Timers;
  readonly #waiting = new Set<Waiting>();
  #peer: Peer | undefined;
  #failures = 0;

  constructor(options: MaintainOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
  }

  get peer(): Peer | undefined {
    return this.#peer?.connection.isOpen === true ? this.#peer : undefined;
  }

  async run(): Promise<void> {
    const { signal, onFailed } = this.#options;
    while (!signal.aborted) {
      const failure = await this.#connect();
      if (signal.aborted) break;
      const delayMs = this.#delayMs();
      if (failure !== undefined) onFailed?.(failure, delayMs);
      await this.#pause(delayMs);
    }
    for (const { reject } of this.#waiting) reject(new CocoonError("cancelled"));
  }

  next(signal?: AbortSignal): Promise<Peer> {
    const { peer } = this;
    if (peer !== undefined) return Promise.resolve(peer);
    if (this.#options.signal.aborted || signal?.aborted === true) {
      return Promise.reject(new CocoonError("cancelled"));
    }
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        this.#waiting.delete(waiting);
        signal?.removeEventListener("abort", abort);
      };
      const waiting: Waiting = {
        resolve: (found) => {
          forget();
          resolve(found);
        },
        reject: (error) => {
          forget();
          reject(error);
        },
      };
      const abort = (): void => waiting.reject(new CocoonError("cancelled"));
      signal?.addEventListener("abort", abort);
      this.#waiting.add(waiting);
    });
  }

  /** Dials once and keeps what it gets until that is lost. Returns why dialing failed, if it did. */
  async #connect(): Promise<CocoonError | undefined> {
    try {
      await this.#keep(await this.#options.dial(this.#options.signal));
      return undefined;
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      this.#failures += 1;
      return error;
    }
  }

  async #keep(peer: Peer): Promise<void> {
    const { signal, onConnected, onDisconnected } = this.#options;
    const connectedAtMs = this.#timers.nowMs();
    const stop = (): void => void peer.close();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    this.#peer = peer;
    onConnected?.(peer);
    for (const { resolve } of this.#waiting) resolve(peer);
    const error = await peer.connection.closed;
    this.#peer = undefined;
    signal.removeEventListener("abort", stop);
    await peer.close();
    const isGood = this.#timers.nowMs() - connectedAtMs >= goodAfterMs;
    this.#failures = isGood ? 1 : this.#failures + 1;
    onDisconnected?.(peer, error);
  }

  /** Doubles with each failure in a row, and is cut by up to a half at random. */
  #delayMs(): number {
    const { delayMinMs = 250, delayMaxMs = 30_000, random = Math.random } = this.#options;
    const delayMs = Math.min(delayMaxMs, delayMinMs * 2 ** Math.min(this.#failures - 1, 30));
    return Math.round(delayMs * (1 - random() / 2));
  }

  #pause(delayMs: number): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = this.#timers.after(delayMs, end);
      signal.addEventListener("abort", end);
    });
  }
}
