import { CocoonError } from "@cocoon/protocol";
import type { EngineLoad } from "./engine.ts";

export type SlotQueueOptions = {
  /** Requests at once. */
  readonly slots: number;
  /** Requests that may wait. */
  readonly queueMax: number;
};

type Waiter = {
  readonly admit: (release: () => void) => void;
  readonly refuse: (error: CocoonError) => void;
};

/** Admits requests to a bounded number of slots, first come first served, and bounds the line before them. */
export class SlotQueue {
  readonly #options: SlotQueueOptions;
  readonly #waiters = new Set<Waiter>();
  #active = 0;
  #paused = false;

  constructor(options: SlotQueueOptions) {
    this.#options = options;
  }

  /** Waits for a slot; the result gives it back and may be called twice. Throws queue_full or cancelled. */
  acquire(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return Promise.reject(new CocoonError("cancelled"));
    const mustWait = this.#paused || this.#active >= this.#options.slots;
    if (mustWait && this.#waiters.size >= this.#options.queueMax) {
      return Promise.reject(new CocoonError("queue_full", { queued: this.#waiters.size }));
    }
    return new Promise((resolve, reject) => {
      const cancel = () => waiter.refuse(new CocoonError("cancelled"));
      const leave = () => {
        this.#waiters.delete(waiter);
        signal.removeEventListener("abort", cancel);
      };
      const waiter: Waiter = {
        admit: (release) => {
          leave();
          resolve(release);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      signal.addEventListener("abort", cancel, { once: true });
      this.#admit();
    });
  }

  /** Admits nobody until resume. Those admitted keep their slots. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#admit();
  }

  /** Sends all who wait away. */
  refuseWaiting(error: CocoonError): void {
    for (const waiter of this.#waiters) waiter.refuse(error);
  }

  load(): EngineLoad {
    return { active: this.#active, queued: this.#waiters.size, slots: this.#options.slots };
  }

  #admit(): void {
    for (const waiter of this.#waiters) {
      if (this.#paused || this.#active >= this.#options.slots) return;
      this.#active += 1;
      waiter.admit(this.#releaseOnce());
    }
  }

  #releaseOnce(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#active -= 1;
      this.#admit();
    };
  }
}
