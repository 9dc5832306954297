// What a worker asks for its work now, and what it asked a moment ago.

import { nanotons, type Price } from "@cocoon/protocol";
import type { FollowLoad } from "../config/index.ts";
import type { EngineLoad } from "../engine/index.ts";
import { startTicker, type Ticker } from "../observe/index.ts";

export type AskingOptions = {
  /** At half load, where the price follows it. */
  readonly price: Price;
  readonly followLoad: FollowLoad | undefined;
  readonly load: () => EngineLoad;
  readonly now: () => number;
};

/** A request may arrive so long after its offer, at the price that it was offered. */
const keptMs = 60_000;
/** How often the load is looked at. */
const lookMs = 1_000;
/** A price moves in steps, so that proxies are not told of each request. */
const stepPercent = 5;

type Asked = { readonly price: Price; untilMs: number };

export class Asking {
  readonly #options: AskingOptions;
  readonly #listeners = new Set<() => void>();
  readonly #ticker: Ticker | undefined;
  /** The newest first. */
  #asked: readonly Asked[];

  constructor(options: AskingOptions) {
    this.#options = options;
    this.#asked = [{ price: this.#priceNow(), untilMs: Number.POSITIVE_INFINITY }];
    this.#ticker =
      options.followLoad === undefined
        ? undefined
        : startTicker(
            lookMs,
            () => Promise.resolve(this.look()),
            () => undefined,
          );
  }

  get current(): Price {
    return this.#asked[0]?.price ?? this.#options.price;
  }

  /** Whether a request carries what was asked, now or a moment ago. The price is locked when it was offered. */
  accepts({ promptPerMillion, completionPerMillion }: Price): boolean {
    const nowMs = this.#options.now();
    return this.#asked.some(
      ({ price, untilMs }) =>
        untilMs >= nowMs &&
        promptPerMillion >= price.promptPerMillion &&
        completionPerMillion >= price.completionPerMillion,
    );
  }

  /** Calls back when the price changed; returns how to stop. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Takes the price that belongs to the load now. */
  look(): void {
    const price = this.#priceNow();
    if (price.completionPerMillion === this.current.completionPerMillion) {
      if (price.promptPerMillion === this.current.promptPerMillion) return;
    }
    const nowMs = this.#options.now();
    const [newest, ...older] = this.#asked;
    if (newest !== undefined) newest.untilMs = nowMs + keptMs;
    const kept = older.filter(({ untilMs }) => untilMs >= nowMs);
    const asked = { price, untilMs: Number.POSITIVE_INFINITY };
    this.#asked = newest === undefined ? [asked] : [asked, newest, ...kept];
    for (const listener of this.#listeners) listener();
  }

  async stop(): Promise<void> {
    await this.#ticker?.stop();
  }

  #priceNow(): Price {
    const { followLoad, load, price } = this.#options;
    if (followLoad === undefined) return price;
    return scale(price, percentAt(load(), followLoad));
  }
}

/** From the floor where nothing runs to the ceiling where every slot is taken, in steps. */
export function percentAt(
  { active, queued, slots }: EngineLoad,
  { floorPercent, ceilingPercent }: FollowLoad,
): number {
  const share = Math.min(1, (active + queued) / Math.max(1, slots));
  const percent = floorPercent + share * (ceilingPercent - floorPercent);
  if (share === 1) return ceilingPercent;
  return Math.max(floorPercent, Math.floor(percent / stepPercent) * stepPercent);
}

function scale({ promptPerMillion, completionPerMillion }: Price, percent: number): Price {
  const scaled = (perMillion: bigint) => nanotons((perMillion * BigInt(percent)) / 100n);
  return {
    promptPerMillion: scaled(promptPerMillion),
    completionPerMillion: scaled(completionPerMillion),
  };
}
