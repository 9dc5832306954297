// What the gateway must not lose: answers with their proofs, and what each channel has spent.

import {
  CocoonError,
  nanotons,
  type Nanotons,
  parseReceipt,
  type RawAddress,
  toHex,
} from "@cocoon/protocol";
import {
  type AcceptedAnswer,
  type AnswerBook,
  type AnswerLog,
  encodePolicySnapshot,
  type ListedAnswer,
  type ReceiptState,
  type RootPolicy,
  type StoredAnswer,
  type WaitingAnswer,
  type WaitingState,
} from "@cocoon/sdk";
import type { Store } from "../store/index.ts";

type AnswerRow = {
  readonly request: string;
  readonly channel: string;
  readonly amount: bigint;
  readonly receipt: Uint8Array;
  readonly salt: Uint8Array;
  readonly promise: Uint8Array;
  readonly bundle: Uint8Array;
  readonly accepted_at_ms: bigint;
  readonly state: ReceiptState;
  readonly log_proof: string | null;
  readonly policy: string;
  readonly bond: string | null;
  readonly log_key: Uint8Array | null;
  readonly reference: string | null;
  readonly announced_as: string | null;
};

type ListedRow = Pick<
  AnswerRow,
  "request" | "announced_as" | "channel" | "amount" | "receipt" | "accepted_at_ms" | "state"
>;

type WaitingRow = Pick<AnswerRow, "request" | "receipt" | "bond" | "log_key" | "state">;

const dayMs = 86_400_000;
/** Names of what many answers share: 100 bytes each. */
const sharedMax = 4_096;

const selectAnswer = `SELECT answers.*, bundles.bundle AS bundle, policies.policy AS policy
  FROM answers JOIN bundles USING (claims_hash) JOIN policies USING (revision)`;

export class AnswerStore implements AnswerBook {
  readonly #store: Store;
  readonly #policy: () => Promise<RootPolicy>;
  /** Answers that the proxy was told never came. One of them may still be under way inside this process, but in no other. */
  readonly #givenUp = new Set<string>();
  /** Claims hashes and revisions whose bundle and policy are durable: each is some kilobytes, and many answers share it. */
  readonly #shared = new Set<string | number>();

  /** The policy is what answers are verified against now; each is kept with the one it was verified against. */
  constructor(store: Store, policy: () => Promise<RootPolicy>) {
    this.#store = store;
    this.#policy = policy;
  }

  async reserveSequences(channel: RawAddress, count: number): Promise<number> {
    return await this.#store.commit((db) => {
      const known = db
        .prepare<{ next: bigint }>("SELECT next FROM sequences WHERE channel = ?")
        .get(channel);
      const first = known?.next ?? 0n;
      db.prepare(
        `INSERT INTO sequences (channel, next) VALUES (?, ?)
         ON CONFLICT (channel) DO UPDATE SET next = excluded.next`,
      ).run(channel, first + BigInt(count));
      return Number(first);
    });
  }

  async accept(answer: AcceptedAnswer): Promise<void> {
    const claimsHash = toHex(parseReceipt(answer.receipt).claimsHash);
    const policy = await this.#policy();
    const isNewBundle = !this.#shared.has(claimsHash);
    const isNewPolicy = !this.#shared.has(policy.revision);
    await this.#store.commit((db) => {
      if (this.#givenUp.has(answer.request)) {
        throw new CocoonError("peer_unreachable", { reason: "given up with its connection" });
      }
      if (isNewBundle) {
        db.prepare(
          "INSERT INTO bundles (claims_hash, bundle) VALUES (?, ?) ON CONFLICT DO NOTHING",
        ).run(claimsHash, answer.bundle);
      }
      if (isNewPolicy) {
        db.prepare(
          "INSERT INTO policies (revision, policy) VALUES (?, ?) ON CONFLICT DO NOTHING",
        ).run(policy.revision, encodePolicySnapshot(policy));
      }
      const { changes } = db
        .prepare(
          `INSERT INTO answers
             (request, channel, amount, receipt, salt, promise, claims_hash, revision, accepted_at_ms,
              bond, log_key, reference, announced_as)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        )
        .run(
          answer.request,
          answer.channel,
          answer.amount,
          answer.receipt,
          answer.salt,
          answer.promise,
          claimsHash,
          policy.revision,
          answer.acceptedAtMs,
          answer.log.bond,
          answer.log.publicKey,
          answer.reference ?? null,
          answer.announcedAs ?? null,
        );
      if (changes === 0) return;
      db.prepare(
        `INSERT INTO spent (channel, amount) VALUES (?, ?)
         ON CONFLICT (channel) DO UPDATE SET amount = amount + excluded.amount`,
      ).run(answer.channel, answer.amount);
      if (answer.reference === undefined) return;
      db.prepare(
        `INSERT INTO spent_by_day (reference, day, amount) VALUES (?, ?, ?)
         ON CONFLICT (reference, day) DO UPDATE SET amount = amount + excluded.amount`,
      ).run(answer.reference, dayOf(answer.acceptedAtMs), answer.amount);
    });
    if (this.#shared.size >= sharedMax) this.#shared.clear();
    this.#shared.add(claimsHash).add(policy.revision);
  }

  /** What answers with this reference cost since the beginning of a day (UTC). */
  spentSince(reference: string, sinceMs: number): Nanotons {
    const row = this.#store.db
      .prepare<{ amount: bigint | null }>(
        "SELECT SUM(amount) AS amount FROM spent_by_day WHERE reference = ? AND day >= ?",
      )
      .get(reference, dayOf(sinceMs));
    return nanotons(row?.amount ?? 0n);
  }

  spent(channel: RawAddress): Promise<Nanotons> {
    const row = this.#store.db
      .prepare<{ amount: bigint }>("SELECT amount FROM spent WHERE channel = ?")
      .get(channel);
    return Promise.resolve(nanotons(row?.amount ?? 0n));
  }

  reconcile(requests: readonly string[]): Promise<readonly string[]> {
    const find = this.#store.db.prepare("SELECT 1 FROM answers WHERE request = ?");
    const accepted = requests.filter((request) => find.get(request) !== undefined);
    for (const request of requests) this.#givenUp.add(request);
    for (const request of accepted) this.#givenUp.delete(request);
    return Promise.resolve(accepted);
  }

  /** By its request's id, or by the one that the application was told. */
  find(request: string): StoredAnswer | undefined {
    const row = this.#store.db
      .prepare<AnswerRow>(`${selectAnswer} WHERE request = ? OR announced_as = ?`)
      .get(request, request);
    return row === undefined ? undefined : answerOf(row);
  }

  /** The newest answers first; with a reference, those that have it. */
  list(limit: number, reference?: string): ListedAnswer[] {
    const only = reference ?? null;
    return this.#store.db
      .prepare<ListedRow>(
        `SELECT request, announced_as, channel, amount, receipt, accepted_at_ms, state FROM answers
         WHERE ? IS NULL OR reference = ? ORDER BY accepted_at_ms DESC, rowid DESC LIMIT ?`,
      )
      .all(only, only, limit)
      .map(listedOf);
  }

  /** How many answers there are in each state. */
  countByState(): ReadonlyMap<string, number> {
    const rows = this.#store.db
      .prepare<{ state: string; count: bigint }>(
        "SELECT state, COUNT(*) AS count FROM answers GROUP BY state",
      )
      .all();
    return new Map(rows.map(({ state, count }) => [state, Number(count)]));
  }

  waiting(
    state: WaitingState,
    { bond }: { readonly bond: RawAddress },
    limit: number,
  ): readonly WaitingAnswer[] {
    return this.#store.db
      .prepare<WaitingRow>(
        `SELECT request, receipt, bond, log_key, state FROM answers
         WHERE state != 'anchored' AND state = ? AND bond = ?
         ORDER BY accepted_at_ms LIMIT ?`,
      )
      .all(state, bond, limit)
      .map((row) => ({ ...row, log: logOf(row) }));
  }

  /** A proof that is lost is asked for again: it can wait for a transaction that somebody waits for. */
  async recordProof(request: string, state: ReceiptState, logProof: string): Promise<void> {
    await this.#store.commitSoon((db) => {
      db.prepare("UPDATE answers SET state = ?, log_proof = ? WHERE request = ?").run(
        state,
        logProof,
        request,
      );
    });
  }
}

function listedOf(row: ListedRow): ListedAnswer {
  return {
    request: row.request,
    ...(row.announced_as !== null && { announcedAs: row.announced_as }),
    channel: row.channel,
    amount: nanotons(row.amount),
    receipt: row.receipt,
    acceptedAtMs: Number(row.accepted_at_ms),
    state: row.state,
  };
}

/** Throws receipt_unknown for an answer of a release that did not write it down. */
function logOf({ bond, log_key: publicKey }: Pick<AnswerRow, "bond" | "log_key">): AnswerLog {
  if (bond !== null && publicKey !== null) return { bond, publicKey };
  throw new CocoonError("receipt_unknown", {
    reason: "an earlier release kept it without the log that promised it",
  });
}

function answerOf(row: AnswerRow): StoredAnswer {
  return {
    ...listedOf(row),
    salt: row.salt,
    promise: row.promise,
    log: logOf(row),
    bundle: row.bundle,
    logProof: row.log_proof ?? undefined,
    policy: row.policy,
    ...(row.reference !== null && { reference: row.reference }),
  };
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs);
}
