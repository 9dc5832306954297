const restMsFirst = 1_000;
const restMsMax = 60_000;

/** Whether an endpoint is worth asking. After each failure in a row it rests for twice as long. */
export class EndpointHealth {
  #failures = 0;
  #restsUntilMs = 0;

  /** When it is next worth a try, Unix milliseconds; 0 when nothing is known against it. */
  get restsUntilMs(): number {
    return this.#restsUntilMs;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#restsUntilMs = 0;
  }

  failed(nowMs: number): void {
    this.#restsUntilMs = nowMs + Math.min(restMsFirst * 2 ** this.#failures, restMsMax);
    this.#failures += 1;
  }
}
