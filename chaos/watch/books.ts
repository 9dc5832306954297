// The databases of all roles, read as they are now and never written.

import Database from "libsql";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RoleName } from "../../packages/cli/src/home.ts";

export type Row = Readonly<Record<string, bigint | string | null>>;

const files = {
  proxy: "proxy.db",
  gateway: "gateway.db",
  "worker-1": "worker.db",
  "worker-2": "worker.db",
} as const;

export type Bookkeeper = keyof typeof files;

export const bookkeepers = [
  "gateway",
  "proxy",
  "worker-1",
  "worker-2",
] as const satisfies readonly RoleName[];

/** What payees and payers wrote down, each database in one transaction. */
export type Books = {
  readonly incoming: readonly Row[];
  /** Sums of charges by channel and state. */
  readonly charges: readonly Row[];
  readonly outgoing: readonly Row[];
};

export type GatewayBooks = {
  readonly spent: bigint;
  /** The sum and the number of the answers that are stored. */
  readonly answers: bigint;
  readonly count: bigint;
};

/** Undefined where the role has made no tables yet. */
export function readBooks(home: string, role: Bookkeeper): Books | undefined {
  return inTransaction(home, role, (all) => ({
    incoming: all("SELECT * FROM incoming_channels"),
    charges: all(
      "SELECT channel, state, sum(amount) AS amount FROM charges GROUP BY channel, state",
    ),
    outgoing: all("SELECT * FROM outgoing_channels"),
  }));
}

export function readGateway(home: string): GatewayBooks | undefined {
  return inTransaction(home, "gateway", (all) => {
    const [spent] = all("SELECT coalesce(sum(amount), 0) AS amount FROM spent");
    const [answers] = all(
      "SELECT coalesce(sum(amount), 0) AS amount, count(*) AS count FROM answers",
    );
    return {
      spent: integer(spent?.["amount"]),
      answers: integer(answers?.["amount"]),
      count: integer(answers?.["count"]),
    };
  });
}

/** What a query says of one role. */
export function readRows(home: string, role: Bookkeeper, sql: string): readonly Row[] {
  return inTransaction(home, role, (all) => all(sql)) ?? [];
}

export function integer(value: bigint | string | null | undefined): bigint {
  return typeof value === "bigint" ? value : 0n;
}

export function sumOf(rows: readonly Row[], column: string): bigint {
  return rows.reduce((sum, row) => sum + integer(row[column]), 0n);
}

function inTransaction<Value>(
  home: string,
  role: Bookkeeper,
  read: (all: (sql: string) => Row[]) => Value,
): Value | undefined {
  const path = join(home, role, files[role]);
  if (!existsSync(path)) return undefined;
  const database = new Database(path, { readonly: true, timeout: 5_000 });
  try {
    database.exec("BEGIN");
    // oxlint-disable-next-line no-unsafe-type-assertion -- the tables' columns
    return read((sql) => database.prepare(sql).safeIntegers(true).all([]) as Row[]);
  } catch (error) {
    if (error instanceof Error && error.message.includes("no such table")) return undefined;
    throw error;
  } finally {
    database.close();
  }
}
