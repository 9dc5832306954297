// Whether the engine is there: a worker whose engine is away offers nothing, and offers again as soon as it is back.

import { CocoonError, type ErrorCode } from "@cocoon/protocol";
import { startTicker, type Ticker } from "../observe/index.ts";

/** Resolves when the engine would answer. Throws engine_unavailable and engine_failed. */
export type CheckEngine = () => Promise<void>;

const checkMsDefault = 2_000;
/** One check that fails may be a moment of load. */
const failuresMin = 2;

export class EngineWatch {
  readonly #check: CheckEngine;
  readonly #listeners = new Set<() => void>();
  readonly #ticker: Ticker;
  #failures = 0;
  #lapse: ErrorCode | undefined;

  constructor(check: CheckEngine, checkMs: number = checkMsDefault) {
    this.#check = check;
    this.#ticker = startTicker(
      checkMs,
      () => this.#look(),
      () => undefined,
    );
  }

  /** Why nothing can be offered, or undefined while the engine answers. */
  get lapse(): ErrorCode | undefined {
    return this.#lapse;
  }

  /** Calls back when the engine went away or came back; returns how to stop. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): Promise<void> {
    return this.#ticker.stop();
  }

  async #look(): Promise<void> {
    const code = await this.#failure();
    this.#failures = code === undefined ? 0 : this.#failures + 1;
    const lapse = this.#failures >= failuresMin ? code : undefined;
    if (lapse === this.#lapse || (code !== undefined && lapse === undefined)) return;
    this.#lapse = lapse;
    for (const listener of this.#listeners) listener();
  }

  async #failure(): Promise<ErrorCode | undefined> {
    try {
      await this.#check();
      return undefined;
    } catch (error) {
      return error instanceof CocoonError ? error.code : "engine_failed";
    }
  }
}
