// A witness: it remembers the newest tree head of each log, and signs only what extends it.

import {
  CocoonError,
  cosignNote,
  fromHex,
  parseCheckpoint,
  parseNote,
  parseWitnessRequest,
  type SigningKey,
  toHex,
  type TreeHead,
  verifyCheckpoint,
  verifyConsistency,
} from "@cocoon/protocol";
import type { Store } from "../store/index.ts";

export const witnessMigrations: readonly string[] = [
  `CREATE TABLE witnessed_logs (
     origin TEXT PRIMARY KEY,
     size INTEGER NOT NULL CHECK (size >= 0),
     root TEXT NOT NULL
   ) STRICT;`,
];

export type WitnessModules = {
  readonly store: Store;
  readonly key: SigningKey;
  /** The witness's name, as its signature lines carry it. */
  readonly name: string;
  /** The key of the log with this origin, 32 bytes; undefined for a log that this witness does not follow. */
  readonly logKeyOf: (origin: string) => Promise<Uint8Array | undefined>;
  readonly now: () => number;
};

/** The answers of add-checkpoint, C2SP tlog-witness. */
export type WitnessAnswer =
  | { readonly kind: "cosigned"; readonly line: string }
  /** The log must prove consistency from this size. */
  | { readonly kind: "conflict"; readonly size: number }
  | { readonly kind: "unknown_log" }
  | { readonly kind: "unsigned" }
  | { readonly kind: "shrunk" }
  | { readonly kind: "inconsistent" };

export class Witness {
  readonly #modules: WitnessModules;
  /** One request of a log at a time: two at once could sign two histories. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(modules: WitnessModules) {
    this.#modules = modules;
  }

  /** Answers an add-checkpoint request. What it signs is durable first. Throws checkpoint_malformed. */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    const { note } = parseWitnessRequest(body);
    const { origin } = parseCheckpoint(parseNote(note).text);
    const before = this.#turns.get(origin) ?? Promise.resolve();
    const turn = before.then(() => this.#answer(origin, body));
    const settled = turn.catch(() => undefined);
    this.#turns.set(origin, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(origin) === settled) this.#turns.delete(origin);
    }
  }

  /** The newest tree head that was signed for a log. */
  newest(origin: string): TreeHead | undefined {
    const row = this.#modules.store.db
      .prepare<{ size: bigint; root: string }>(
        "SELECT size, root FROM witnessed_logs WHERE origin = ?",
      )
      .get(origin);
    const root = fromHex(row?.root ?? "");
    return row === undefined || root === undefined ? undefined : { size: Number(row.size), root };
  }

  async #answer(origin: string, body: string): Promise<WitnessAnswer> {
    const { key, logKeyOf, name, now } = this.#modules;
    const { note, oldSize, proof } = parseWitnessRequest(body);
    const publicKey = await logKeyOf(origin);
    if (publicKey === undefined) return { kind: "unknown_log" };
    const head = verified(() => verifyCheckpoint(note, { origin, publicKey }));
    if (head === undefined) return { kind: "unsigned" };
    if (oldSize > head.size) return { kind: "shrunk" };
    const known = this.newest(origin);
    if (oldSize !== (known?.size ?? 0)) return { kind: "conflict", size: known?.size ?? 0 };
    const extended = verified(() => {
      if (known !== undefined && known.size > 0) verifyConsistency(known, head, proof);
      return head;
    });
    if (extended === undefined) return { kind: "inconsistent" };
    await this.#remember(origin, head);
    const { text } = parseNote(note);
    return { kind: "cosigned", line: cosignNote(key, name, text, Math.floor(now() / 1_000)) };
  }

  async #remember(origin: string, { size, root }: TreeHead): Promise<void> {
    await this.#modules.store.commit((db) => {
      db.prepare(
        `INSERT INTO witnessed_logs (origin, size, root) VALUES (?, ?, ?)
         ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root`,
      ).run(origin, size, toHex(root));
    });
  }
}

/** What a verification gives, or undefined when it refuses. */
function verified<Value>(verify: () => Value): Value | undefined {
  try {
    return verify();
  } catch (error) {
    if (error instanceof CocoonError) return undefined;
    throw error;
  }
}
