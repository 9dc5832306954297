/** Values pushed from one side, iterated on the other, until the end or an error. For one reader. */
export class EventChannel<Value> {
  readonly #values: Value[] = [];
  #error: Error | undefined;
  #isEnded = false;
  #wake: (() => void) | undefined;

  push(value: Value): void {
    if (this.#isEnded) return;
    this.#values.push(value);
    this.#wake?.();
  }

  /** The values pushed so far are still read. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** The reader gets the error next, instead of what it has not read. */
  fail(error: Error): void {
    if (this.#isEnded) return;
    this.#error = error;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value, void, void> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const value = this.#values.shift();
      if (value !== undefined) yield value;
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
