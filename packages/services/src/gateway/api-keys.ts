// API keys of a team behind one gateway: who may ask, and for how much.

import { createHash, randomBytes } from "node:crypto";
import { CocoonError, nanotons, type Nanotons } from "@cocoon/protocol";
import type { Store } from "../store/index.ts";

export type BudgetPeriod = "day" | "month";

export type ApiKey = {
  /** Names the key wherever it is told of: 8 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  /** Whether it may see everybody's receipts and close channels. */
  readonly isAdmin: boolean;
  /** The most that its answers may cost in a period; undefined: no bound. */
  readonly budget: Nanotons | undefined;
  /** Days and months begin at midnight UTC. */
  readonly period: BudgetPeriod;
  readonly requestsPerMinute: number | undefined;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | undefined;
};

export type NewApiKey = Pick<
  ApiKey,
  "name" | "isAdmin" | "budget" | "period" | "requestsPerMinute"
>;

type KeyRow = {
  readonly id: string;
  readonly name: string;
  readonly is_admin: bigint;
  readonly budget: bigint | null;
  readonly period: BudgetPeriod;
  readonly requests_per_minute: bigint | null;
  readonly created_at_ms: bigint;
  readonly revoked_at_ms: bigint | null;
};

const keyShape = /^ck_[0-9a-f]{64}$/;
const columns =
  "id, name, is_admin, budget, period, requests_per_minute, created_at_ms, revoked_at_ms";

export class ApiKeys {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Makes a key. Its text is told here and never again: only its hash is kept. */
  create(key: NewApiKey): { readonly id: string; readonly text: string } {
    const text = `ck_${randomBytes(32).toString("hex")}`;
    const id = randomBytes(4).toString("hex");
    this.#store.transaction((db) => {
      db.prepare(
        `INSERT INTO api_keys (id, name, hash, is_admin, budget, period, requests_per_minute, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        id,
        key.name,
        hashOf(text),
        key.isAdmin ? 1 : 0,
        key.budget ?? null,
        key.period,
        key.requestsPerMinute ?? null,
        this.#now(),
      );
    });
    return { id, text };
  }

  /** In the order in which they were made. */
  list(): readonly ApiKey[] {
    return this.#store.db
      .prepare<KeyRow>(`SELECT ${columns} FROM api_keys ORDER BY created_at_ms, id`)
      .all()
      .map(keyOf);
  }

  /** Takes effect with the next request. Throws key_refused when there is no such key. */
  revoke(id: string): void {
    const { changes } = this.#store.transaction((db) =>
      db
        .prepare("UPDATE api_keys SET revoked_at_ms = COALESCE(revoked_at_ms, ?) WHERE id = ?")
        .run(this.#now(), id),
    );
    if (changes === 0) throw new CocoonError("key_refused", { reason: "no key has this id" });
  }

  /** Whether any was ever made. */
  get areThere(): boolean {
    return this.#store.db.prepare("SELECT 1 FROM api_keys LIMIT 1").get() !== undefined;
  }

  /** The key with this text. Throws key_refused. A key is 256 random bits, so its plain hash cannot be guessed back. */
  authenticate(text: string | undefined): ApiKey {
    const row =
      text !== undefined && keyShape.test(text)
        ? this.#store.db
            .prepare<KeyRow>(
              `SELECT ${columns} FROM api_keys WHERE hash = ? AND revoked_at_ms IS NULL`,
            )
            .get(hashOf(text))
        : undefined;
    if (row === undefined) throw new CocoonError("key_refused");
    return keyOf(row);
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function keyOf(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    isAdmin: row.is_admin !== 0n,
    budget: row.budget === null ? undefined : nanotons(row.budget),
    period: row.period,
    requestsPerMinute:
      row.requests_per_minute === null ? undefined : Number(row.requests_per_minute),
    createdAtMs: Number(row.created_at_ms),
    revokedAtMs: row.revoked_at_ms === null ? undefined : Number(row.revoked_at_ms),
  };
}

/** When the period began that a time is in. */
export function periodStartMs(period: BudgetPeriod, nowMs: number): number {
  const now = new Date(nowMs);
  const day = period === "day" ? now.getUTCDate() : 1;
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), day);
}
