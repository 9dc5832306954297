import { CocoonError, type RawAddress } from "@cocoon/protocol";

type Window = {
  /** Everything up to here counts as used. */
  floor: number;
  readonly used: Set<number>;
};

/** Requests of one client under way at once are far fewer; older numbers than these are refused. */
const windowMax = 4_096;
/** About 100 bytes for a channel without open numbers: 100,000 of them are 10 MB. */
const channelsMax = 100_000;

/**
 * Sees that this identity never signs two receipts for one (channel, sequence): that is a provable fraud, and a client
 * could trap an honest worker into it. It need not survive a restart, because the identity key does not.
 */
export class SequenceGuard {
  readonly #windows = new Map<RawAddress, Window>();

  /** Takes a number for ever. Throws sealed_replayed when it was taken, or is too old to tell; queue_full when full. */
  take(channel: RawAddress, sequence: number): void {
    const window = this.#windows.get(channel) ?? this.#open(channel);
    if (sequence <= window.floor || window.used.has(sequence)) {
      throw new CocoonError("sealed_replayed", { sequence });
    }
    window.used.add(sequence);
    if (window.used.size > windowMax) this.#raiseFloor(window);
  }

  #open(channel: RawAddress): Window {
    if (this.#windows.size >= channelsMax) throw new CocoonError("queue_full");
    const window = { floor: -1, used: new Set<number>() };
    this.#windows.set(channel, window);
    return window;
  }

  /** The older half of the numbers is forgotten one by one and refused as a whole. */
  #raiseFloor(window: Window): void {
    const sorted = [...window.used].toSorted((left, right) => left - right);
    window.floor = sorted[Math.floor(sorted.length / 2)] ?? window.floor;
    for (const sequence of sorted) {
      if (sequence <= window.floor) window.used.delete(sequence);
    }
  }
}
