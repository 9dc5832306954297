// Words that stand in every prompt and in every answer, and nowhere else in the world: wherever they are found, somebody
// could have read a prompt or an answer.

import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

export type Canaries = { readonly prompt: string; readonly answer: string };

/** Not drawn from the seed: a run must not find the words of another one. */
export function hatchCanaries(): Canaries {
  return {
    prompt: `prompt${randomBytes(8).toString("hex")}`,
    answer: `answer${randomBytes(8).toString("hex")}`,
  };
}

export class CanaryWatch {
  readonly #needles: readonly Buffer[];
  readonly #longest: number;

  constructor({ prompt, answer }: Canaries) {
    this.#needles = [prompt, answer].flatMap(spellings);
    this.#longest = Math.max(...this.#needles.map(({ length }) => length));
  }

  isIn(bytes: Buffer): boolean {
    return this.#needles.some((needle) => bytes.includes(needle));
  }

  /** Looks through pieces as they pass, also where two of them meet. */
  follow(): (piece: Buffer) => boolean {
    let tail = Buffer.alloc(0);
    return (piece) => {
      const joined = Buffer.concat([tail, piece]);
      tail = Buffer.from(joined.subarray(Math.max(0, joined.length - this.#longest)));
      return this.isIn(joined);
    };
  }

  /** Looks through all that a process can write to, its heap above all. Undefined where the system does not allow it. */
  async isInMemoryOf(pid: number): Promise<boolean | undefined> {
    let memory: number;
    try {
      memory = openSync(`/proc/${pid}/mem`, "r");
    } catch {
      return undefined;
    }
    try {
      for (const range of writableRanges(pid)) {
        if (await this.#isInRange(memory, range)) return true;
      }
      return false;
    } finally {
      closeSync(memory);
    }
  }

  async #isInRange(memory: number, { from, to }: Range): Promise<boolean> {
    const isInPiece = this.follow();
    const piece = Buffer.alloc(1 << 20);
    for (let at = from; at < to;) {
      const read = readAt(memory, piece, at);
      if (read === 0) return false;
      if (isInPiece(piece.subarray(0, read))) return true;
      at += BigInt(read);
      await nextTurn();
    }
    return false;
  }
}

type Range = { readonly from: bigint; readonly to: bigint };

function writableRanges(pid: number): Range[] {
  return readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, from, to, file = ""] =
        /^([0-9a-f]+)-([0-9a-f]+) rw\S* \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
      if (from === undefined || to === undefined || file === "[vvar]") return [];
      return [{ from: BigInt(`0x${from}`), to: BigInt(`0x${to}`) }];
    });
}

/** 0 where there is nothing to read. */
function readAt(memory: number, piece: Buffer, at: bigint): number {
  try {
    return readSync(memory, piece, 0, piece.length, at);
  } catch {
    return 0;
  }
}

/** As it is, in hexadecimal, in base64 at each of its three places, and in two bytes a letter. */
function spellings(word: string): Buffer[] {
  const bytes = Buffer.from(word);
  const base64 = [0, 1, 2].map((place) => {
    const whole = Buffer.concat([Buffer.alloc(place), bytes]).toString("base64");
    return whole.slice(place === 0 ? 0 : place + 1, -4);
  });
  return [
    bytes,
    Buffer.from(bytes.toString("hex")),
    ...base64.map((text) => Buffer.from(text)),
    Buffer.from(word, "utf16le"),
  ];
}
