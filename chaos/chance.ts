// Chance out of one seed: the same seed draws the same.

import { createHash } from "node:crypto";

export class Chance {
  readonly #seed: string;
  #drawn = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** From 0 to below 1, 48 bits of SHA-256 over seed and count. */
  next(): number {
    const digest = createHash("sha256").update(`${this.#seed}/${this.#drawn}`).digest();
    this.#drawn += 1;
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }

  /** A whole number from low to high, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<Value>(choices: readonly Value[]): Value {
    const choice = choices[this.between(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError("nothing to choose from");
    return choice;
  }

  /** The same values in an order that is drawn. */
  shuffle<Value>(values: readonly Value[]): Value[] {
    return values
      .map((value) => ({ value, key: this.next() }))
      .toSorted((left, right) => left.key - right.key)
      .map(({ value }) => value);
  }

  /** Draws of its own, which others do not move. */
  fork(name: string): Chance {
    return new Chance(`${this.#seed}/${name}`);
  }
}
