// Collateral on disk, so that a worker which starts while the vendor is away can still show some.

import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Shelved = {
  readonly text: string;
  /** Unix milliseconds. */
  readonly fetchedAtMs: number;
};

/** One file for each kind of platform. What is read back is believed no more than what comes over the network. */
export class Shelf {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where there is no file that can be read. */
  read(name: string): Shelved | undefined {
    const [, time = "", text = ""] = /^(\d{1,15})\n(.*)$/s.exec(this.#content(name)) ?? [];
    return text === "" ? undefined : { text, fetchedAtMs: Number(time) };
  }

  /** Replaces the file as a whole. A disk that takes nothing costs the next start a download. */
  write(name: string, { fetchedAtMs, text }: Shelved): void {
    const path = join(this.#folder, name);
    const partial = `${path}.${randomUUID()}`;
    try {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(partial, `${fetchedAtMs}\n${text}`, { mode: 0o600 });
      renameSync(partial, path);
    } catch {
      // See above.
    }
  }

  #content(name: string): string {
    try {
      return readFileSync(join(this.#folder, name), "utf8");
    } catch {
      return "";
    }
  }
}
