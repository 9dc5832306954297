// What this worker did and what it came to, read from its database: by day and model, job by job, payout by payout.

import {
  type EarningsReport,
  type EarningsRow,
  type JobReport,
  type MoneyReport,
  nanotons,
  type Nanotons,
  type PayoutReport,
} from "@cocoon/protocol";
import { type ChargeState, IncomingLedger } from "../ledger/index.ts";
import type { Store } from "../store/index.ts";

/** Unix milliseconds; the end is not in it. */
export type TimeRange = { readonly fromMs: number; readonly untilMs: number };

/** Of charges that an earlier release wrote without saying what for. */
const modelUnknown = "unknown";

const sums = `count(*) AS answers,
  coalesce(sum(j.prompt_tokens), 0) AS prompt_tokens,
  coalesce(sum(j.cached_tokens), 0) AS cached_tokens,
  coalesce(sum(j.completion_tokens), 0) AS completion_tokens,
  coalesce(sum(CASE c.state WHEN 'posted' THEN c.amount ELSE 0 END), 0) AS posted,
  coalesce(sum(CASE c.state WHEN 'pending' THEN c.amount ELSE 0 END), 0) AS pending,
  coalesce(sum(CASE c.state WHEN 'released' THEN c.amount ELSE 0 END), 0) AS released
  FROM charges c LEFT JOIN jobs j ON j.request = c.request
  WHERE c.at_ms >= ? AND c.at_ms < ?`;

type SumsRow = Readonly<
  Record<
    | "answers"
    | "prompt_tokens"
    | "cached_tokens"
    | "completion_tokens"
    | "posted"
    | "pending"
    | "released",
    bigint
  >
>;

export class WorkerBooks {
  readonly #store: Store;
  readonly #ledger: IncomingLedger;

  constructor(store: Store, networkId: number) {
    this.#store = store;
    this.#ledger = new IncomingLedger(store, networkId);
  }

  /** One row for each model and day (UTC) with work in the range, the oldest first. */
  earnings({ fromMs, untilMs }: TimeRange): EarningsRow[] {
    return this.#store.db
      .prepare<SumsRow & { readonly day: string; readonly model: string }>(
        `SELECT date(c.at_ms / 1000, 'unixepoch') AS day, coalesce(j.model, '${modelUnknown}') AS model, ${sums}
         GROUP BY 1, 2 ORDER BY 1, 2`,
      )
      .all(fromMs, untilMs)
      .map(({ day, model, ...row }) => ({ day, model, ...reportOf(row) }));
  }

  /** What the rows of earnings() add up to. */
  sum({ fromMs, untilMs }: TimeRange): EarningsReport {
    const row = this.#store.db.prepare<SumsRow>(`SELECT ${sums}`).get(fromMs, untilMs);
    if (row === undefined) throw new RangeError("a sum has one row");
    return reportOf(row);
  }

  /** The newest first. */
  jobs(countMax: number): JobReport[] {
    return this.#store.db
      .prepare<JobRow>(
        `SELECT c.request, c.state, c.amount, c.at_ms, j.model, j.prompt_tokens, j.cached_tokens, j.completion_tokens,
           j.duration_ms
         FROM charges c JOIN jobs j ON j.request = c.request ORDER BY c.at_ms DESC, c.rowid DESC LIMIT ?`,
      )
      .all(countMax)
      .map(jobOf);
  }

  /** The newest first. */
  payouts(countMax: number): PayoutReport[] {
    return this.#ledger.payouts(countMax).map(({ channel, amount, atMs }) => {
      return { channel, amountNanotons: amount.toString(), atMs };
    });
  }

  money(payoutThreshold: Nanotons): MoneyReport {
    const channels = this.#ledger.list();
    const sumOf = (field: "posted" | "vouchered" | "claimed"): string =>
      channels.reduce((total, channel) => total + channel[field], 0n).toString();
    return {
      earnedNanotons: sumOf("posted"),
      voucheredNanotons: sumOf("vouchered"),
      paidOutNanotons: sumOf("claimed"),
      payoutThresholdNanotons: nanotons(payoutThreshold).toString(),
    };
  }
}

type JobRow = {
  readonly request: string;
  readonly state: ChargeState;
  readonly model: string;
} & Readonly<
  Record<
    "amount" | "at_ms" | "prompt_tokens" | "cached_tokens" | "completion_tokens" | "duration_ms",
    bigint
  >
>;

function jobOf(row: JobRow): JobReport {
  return {
    requestId: row.request,
    model: row.model,
    state: row.state,
    promptTokens: Number(row.prompt_tokens),
    cachedTokens: Number(row.cached_tokens),
    completionTokens: Number(row.completion_tokens),
    amountNanotons: row.amount.toString(),
    atMs: Number(row.at_ms),
    durationMs: Number(row.duration_ms),
  };
}

function reportOf(row: SumsRow): EarningsReport {
  return {
    answers: Number(row.answers),
    promptTokens: Number(row.prompt_tokens),
    cachedTokens: Number(row.cached_tokens),
    completionTokens: Number(row.completion_tokens),
    earnedNanotons: row.posted.toString(),
    pendingNanotons: row.pending.toString(),
    lostNanotons: row.released.toString(),
  };
}
