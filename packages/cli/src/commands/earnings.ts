// `cocoon earnings`: what a worker earned, by day and model, from its own books.

import { type EarningsRow, formatTon } from "@cocoon/protocol";
import { daysOf, openStore, WorkerBooks, workerMigrations } from "@cocoon/services";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Arguments, Run } from "../command.ts";
import { formatTable } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { placeOf } from "../worker/place.ts";

const [firstDay, lastDay] = ["0000-01-01", "9999-12-31"];

export const earnings: Run = (given, { note, write }) => {
  if (given.flag("csv") && given.flag("json")) throw new UsageError("--csv or --json, not both");
  const range = daysOf(dayOf(given, "from", firstDay), dayOf(given, "to", lastDay));
  const path = join(placeOf(given).home, "worker.db");
  const rows = existsSync(path) ? readRows(path, range) : [];
  if (given.flag("csv")) write(csvOf(rows));
  else if (given.flag("json")) write(`${JSON.stringify(rows, undefined, 2)}\n`);
  else if (rows.length === 0) note("nothing was earned in that time\n");
  else write(formatTable([head, ...rows.map(rowOf), totalOf(rows)]));
  return Promise.resolve(0);
};

function readRows(path: string, range: ReturnType<typeof daysOf>): readonly EarningsRow[] {
  const store = openStore(path, workerMigrations);
  try {
    // Sums of amounts do not depend on the network: 0 names none.
    return new WorkerBooks(store, 0).earnings(range);
  } finally {
    store.close();
  }
}

function dayOf(given: Arguments, name: "from" | "to", absent: string): string {
  const text = given.text(name);
  if (text === undefined) return absent;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new UsageError(`--${name} is a day, such as 2026-11-28`);
}

const head = ["DAY", "MODEL", "ANSWERS", "PROMPT", "CACHED", "ANSWER", "TON", "PENDING", "LOST"];

function rowOf(row: EarningsRow): readonly string[] {
  return [
    row.day,
    row.model,
    String(row.answers),
    String(row.promptTokens),
    String(row.cachedTokens),
    String(row.completionTokens),
    formatTon(BigInt(row.earnedNanotons)),
    formatTon(BigInt(row.pendingNanotons)),
    formatTon(BigInt(row.lostNanotons)),
  ];
}

function totalOf(rows: readonly EarningsRow[]): readonly string[] {
  const count = (field: "answers" | "promptTokens" | "cachedTokens" | "completionTokens"): string =>
    rows.reduce((sum, row) => sum + row[field], 0).toString();
  const ton = (field: "earnedNanotons" | "pendingNanotons" | "lostNanotons"): string =>
    formatTon(rows.reduce((sum, row) => sum + BigInt(row[field]), 0n));
  return [
    "total",
    "",
    count("answers"),
    count("promptTokens"),
    count("cachedTokens"),
    count("completionTokens"),
    ton("earnedNanotons"),
    ton("pendingNanotons"),
    ton("lostNanotons"),
  ];
}

const csvFields = [
  "day",
  "model",
  "answers",
  "promptTokens",
  "cachedTokens",
  "completionTokens",
  "earnedNanotons",
  "pendingNanotons",
  "lostNanotons",
] as const satisfies readonly (keyof EarningsRow)[];

/** RFC 4180. Amounts are nanotons, whole numbers. */
function csvOf(rows: readonly EarningsRow[]): string {
  const lines = [csvFields, ...rows.map((row) => csvFields.map((field) => csvCell(row[field])))];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
