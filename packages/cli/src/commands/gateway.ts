// `cocoon gateway`: runs one, or keeps its API keys.

import { CocoonError, formatTon, type Nanotons, parseTon } from "@cocoon/protocol";
import {
  type ApiKey,
  type ApiKeys,
  type BudgetPeriod,
  periodStartMs,
  readConfigFile,
  readGatewayConfig,
} from "@cocoon/services";
import { join } from "node:path";
import type { Arguments, Run } from "../command.ts";
import {
  type GatewayDatabase,
  openDatabaseFile,
  openGatewayDatabase,
} from "../gateway/database.ts";
import { homeOf } from "../home.ts";
import { prepareGateway } from "../roles/gateway.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { runNode } from "./node.ts";

export const gateway: Run = async (given, terminal) => {
  const [subject, action, name] = given.positionals;
  if (subject === undefined) return await runNode("gateway", given, prepareGateway);
  if (subject !== "key") throw new UsageError("cocoon gateway is followed by key, or by nothing");
  const database = openDatabase(given);
  try {
    return keepKeys(database, { action, name, given, terminal });
  } finally {
    database.close();
  }
};

type Wanted = {
  readonly action: string | undefined;
  readonly name: string | undefined;
  readonly given: Arguments;
  readonly terminal: Terminal;
};

function keepKeys(database: GatewayDatabase, { action, name, given, terminal }: Wanted): number {
  const { keys } = database;
  if (action === "list" && name === undefined) {
    const listed = keys.list().map((key) => describe(key, spentBy(database, key)));
    terminal.write(given.flag("json") ? jsonText(listed) : keysTable(listed));
    return 0;
  }
  if (action === "create" && name !== undefined) {
    const { id, text } = keys.create({
      name: nameOf(name),
      isAdmin: given.flag("admin"),
      budget: budgetOf(given),
      period: periodOf(given),
      requestsPerMinute: paceOf(given),
    });
    terminal.write(given.flag("json") ? jsonText({ id, key: text }) : `${text}\n`);
    terminal.note(`id ${id}; the text of the key is not kept: this is the only time it is shown\n`);
    return 0;
  }
  if (action === "revoke" && name !== undefined) {
    revoke(keys, name);
    terminal.write(given.flag("json") ? jsonText({ id: name }) : `revoked ${name}\n`);
    return 0;
  }
  throw new UsageError("cocoon gateway key is followed by create NAME, list or revoke ID");
}

function openDatabase(given: Arguments): GatewayDatabase {
  const config = given.text("config");
  const database =
    config === undefined
      ? openGatewayDatabase(homeOf(given))
      : openDatabaseFile(join(readGatewayConfig(readConfigFile(config)).home, "gateway.db"));
  if (database === undefined) {
    throw new CocoonError("option_invalid", { reason: "no gateway has run there yet" });
  }
  return database;
}

function revoke(keys: ApiKeys, id: string): void {
  if (!keys.list().some((key) => key.id === id)) throw new UsageError(`no key has the id ${id}`);
  keys.revoke(id);
}

function nameOf(text: string): string {
  if (!/^[\w.@-]{1,64}$/.test(text)) {
    throw new UsageError("a key's name is 1 to 64 letters, digits and any of . _ @ -");
  }
  return text;
}

function budgetOf(given: Arguments): Nanotons | undefined {
  const text = given.text("budget");
  const budget = text === undefined ? undefined : parseTon(text);
  if (text !== undefined && budget === undefined) {
    throw new UsageError("--budget is an amount in TON, such as 2.5");
  }
  return budget;
}

function periodOf(given: Arguments): BudgetPeriod {
  const period = given.text("per") ?? "month";
  if (period !== "day" && period !== "month") throw new UsageError("--per is day or month");
  return period;
}

function paceOf(given: Arguments): number | undefined {
  return given.uint("requests-per-minute", { min: 1, max: 1_000_000 });
}

function spentBy({ answers }: GatewayDatabase, { id, period }: ApiKey): Nanotons {
  return answers.spentSince(id, periodStartMs(period, Date.now()));
}

type DescribedKey = {
  readonly id: string;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly isRevoked: boolean;
  readonly period: BudgetPeriod;
  readonly budgetNanotons: string | null;
  readonly spentNanotons: string;
  readonly requestsPerMinute: number | null;
  readonly budget: string;
  readonly spent: string;
};

function describe(key: ApiKey, spent: Nanotons): DescribedKey {
  const { id, name, isAdmin, period, budget, requestsPerMinute } = key;
  return {
    id,
    name,
    isAdmin,
    isRevoked: key.revokedAtMs !== undefined,
    period,
    budgetNanotons: budget?.toString() ?? null,
    spentNanotons: spent.toString(),
    requestsPerMinute: requestsPerMinute ?? null,
    budget: budget === undefined ? "-" : formatTon(budget),
    spent: formatTon(spent),
  };
}

function keysTable(keys: readonly DescribedKey[]): string {
  const rows = keys.map((key) => {
    const state = key.isRevoked ? "revoked" : key.isAdmin ? "admin" : "member";
    const pace = key.requestsPerMinute === null ? "-" : String(key.requestsPerMinute);
    return [key.id, key.name, state, key.budget, key.period, key.spent, pace];
  });
  return formatTable([["ID", "NAME", "STATE", "BUDGET", "PER", "SPENT", "PER MINUTE"], ...rows]);
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
