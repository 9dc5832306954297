import type { RawAddress } from "@cocoon/protocol";

/** A client that is too poor can make the proxy ask the chain no more often than this. */
const lookEveryMs = 1_000;

/** Reads channels again whose deposit may have grown. */
export class DepositWatch {
  readonly #read: (channel: RawAddress) => Promise<unknown>;
  readonly #now: () => number;
  readonly #lookedAtMs = new Map<RawAddress, number>();

  constructor(read: (channel: RawAddress) => Promise<unknown>, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** Takes over what the chain says of a channel, unless that was done a moment ago. Returns whether it was done now. */
  async look(channel: RawAddress): Promise<boolean> {
    const nowMs = this.#now();
    for (const [looked, atMs] of this.#lookedAtMs) {
      if (Math.abs(nowMs - atMs) >= lookEveryMs) this.#lookedAtMs.delete(looked);
    }
    if (this.#lookedAtMs.has(channel)) return false;
    this.#lookedAtMs.set(channel, nowMs);
    await this.#read(channel);
    return true;
  }
}
