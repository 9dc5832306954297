// docs/costs.md, from what the operations were measured to cost.

import { readFileSync } from "node:fs";
import { formatTon, nanotons } from "@cocoon/protocol";
import { tableOf } from "./table.ts";

type OperationCost = {
  readonly gas: number;
  readonly feeNanotons: number;
  readonly forwardNanotons: number;
};

export type GasTable = {
  readonly operations: Readonly<Record<string, OperationCost>>;
  readonly accounts: Readonly<Record<string, { readonly cells: number; readonly bits: number }>>;
};

/**
 * What a channel's operations cost through a v5r1 wallet, all transactions and messages together, in nanotons. A test
 * measures them again: tests/chain/costs.test.ts.
 */
export const walletCosts = {
  open: 2_520_000n,
  topUp: 920_000n,
  settle: 1_230_000n,
  settleInBatch: 910_000n,
  close: 1_630_000n,
  startClose: 1_100_000n,
  finishClose: 1_000_000n,
};

/** What COCOON documents for an operation on chain, in nanotons: about 0.01 TON. */
const cocoonOperation = 10_000_000n;
/** 135 for a cell and 65,536 seconds; bits are free. */
const storageNanotons = (cells: bigint, seconds: bigint): bigint =>
  (cells * 135n * seconds + 65_535n) / 65_536n;

const daySeconds = 86_400n;
const days = 30n;
const workers = 10n;
const answers = 1_000_000n;

/** What may be chosen. */
type Policy = {
  readonly clients: bigint;
  readonly settlementsEach: bigint;
  readonly anchorsPerDay: bigint;
};

const usual: Policy = { clients: 1_000n, settlementsEach: 4n, anchorsPerDay: 144n };

/** The table that a test of packages/contracts holds to the compiled code. */
export function readGasTable(): GasTable {
  const text = readFileSync(new URL("../packages/contracts/gas.json", import.meta.url), "utf8");
  // oxlint-disable-next-line no-unsafe-type-assertion -- written by npm run contracts, compared by a test
  return JSON.parse(text) as GasTable;
}

/** The page. */
export function costsPage(gas: GasTable): string {
  const rows = policyRows(gas, usual);
  const total = totalOf(rows);
  const operations = rows
    .filter(({ isOperation }) => isOperation)
    .reduce((sum, { times }) => sum + times, 0n);
  return `# What the chain costs

Written by \`npm run costs\` from \`packages/contracts/gas.json\`; a test holds the two together. All figures are TON (the coin is also named Gram) at mainnet's prices of 2026: 66.7 nanotons a gas, 66,667
nanotons a message and more for a large one, 135 nanotons for a cell and 65,536 seconds of storage. They were measured on TON's own virtual machine, not on mainnet.

## Operations

What the contract's own transaction costs, and the messages that it sends. Whoever causes it pays, out of what it attached; the rest comes back.

${operationTable(gas)}

Through a v5r1 wallet, with the wallet's own transaction and all messages there and back:

${walletTable()}

An anchor needs no wallet: it is a message from outside that the bond pays for.

COCOON's documentation (docs/smart-contracts.md of its repository) puts an operation on chain at about ${tons(cocoonOperation)}. We took the figure from there, and have not measured its contracts.

## Storage

${storageTable(gas)}

A channel sets aside five years of it when it is opened.

## A million answers

Answers themselves never touch the chain: receipts stand in a log, and vouchers are cumulative. What is paid for depends on how many parties there are, how often they settle, and how often the log is anchored. For
${count(answers)} answers in ${days.toString()} days, from one proxy and ${workers.toString()} workers to ${count(usual.clients)} clients, ${count(answers / usual.clients)} answers each, with

- a channel for each client, settled once a week in batches of ten or more and closed by agreement at the end;
- a channel to each worker, topped up once a week and settled once a day;
- an anchor every 10 minutes:

${tableOf(
  ["what", "how often", "each", "together"],
  rows.map(({ what, times, each }) => [what, count(times), tons(each), tons(times * each)]),
)}

Together ${tons(total)}, which is ${count(total / answers)} nanotons an answer. For scale: at ${tons(cocoonOperation)} each, as many operations, ${count(operations)}, would be ${tons(operations * cocoonOperation)}.

Ten times as many answers from the same parties, out of deposits ten times as large, cost exactly the same. What moves the sum:

${tableOf(["instead", "together"], alternatives(gas))}
`;
}

type PolicyRow = {
  readonly what: string;
  readonly times: bigint;
  readonly each: bigint;
  readonly isOperation: boolean;
};

function policyRows(
  gas: GasTable,
  { clients, settlementsEach, anchorsPerDay }: Policy,
): readonly PolicyRow[] {
  const operation = (what: string, times: bigint, each: bigint): PolicyRow => {
    return { what, times, each, isOperation: true };
  };
  const stored = (what: string, times: bigint, account: string): PolicyRow => {
    const each = storageNanotons(cellsOf(gas, account), days * daySeconds);
    return { what, times, each, isOperation: false };
  };
  return [
    operation("clients' channels opened", clients, walletCosts.open),
    operation("settled, every week", settlementsEach * clients, walletCosts.settleInBatch),
    operation("closed by agreement", clients, walletCosts.close),
    operation("workers' channels opened", workers, walletCosts.open),
    operation("topped up, every week", 4n * workers, walletCosts.topUp),
    operation("settled, every day", days * workers, walletCosts.settle),
    operation("anchors", days * anchorsPerDay, costOf(gas, "proxyBond.anchor")),
    stored("storage of a channel", clients + workers, "channel"),
    stored("storage of the proxy's bond", 1n, "proxyBond"),
  ];
}

function totalOf(rows: readonly PolicyRow[]): bigint {
  return rows.reduce((sum, { times, each }) => sum + times * each, 0n);
}

function alternatives(gas: GasTable): readonly (readonly string[])[] {
  const totalWith = (change: Partial<Policy>): string =>
    tons(totalOf(policyRows(gas, { ...usual, ...change })));
  return [
    ["an anchor every minute", totalWith({ anchorsPerDay: 1_440n })],
    ["an anchor every hour", totalWith({ anchorsPerDay: 24n })],
    ["clients' channels settled by their closing alone", totalWith({ settlementsEach: 0n })],
    ["100 clients with ten times the answers each", totalWith({ clients: 100n })],
  ];
}

function operationTable({ operations }: GasTable): string {
  const rows = Object.entries(operations).map(([name, cost]) => [
    `\`${name}\``,
    count(BigInt(cost.gas)),
    tons(BigInt(cost.feeNanotons)),
    tons(BigInt(cost.forwardNanotons)),
    tons(BigInt(cost.feeNanotons + cost.forwardNanotons)),
  ]);
  return tableOf(["operation", "gas", "transaction", "messages", "together"], rows);
}

function walletTable(): string {
  const names: Readonly<Record<keyof typeof walletCosts, string>> = {
    open: "open a channel",
    topUp: "top up",
    settle: "settle one",
    settleInBatch: "settle, each of a batch of ten",
    close: "close by agreement",
    startClose: "start to close alone",
    finishClose: "finish closing alone",
  };
  const rows = Object.entries(names).map(([name, what]) => [
    what,
    tons(walletCosts[name as keyof typeof walletCosts]), // oxlint-disable-line no-unsafe-type-assertion -- its own keys
  ]);
  return tableOf(["operation", "all in"], rows);
}

function storageTable(gas: GasTable): string {
  const rows = Object.entries(gas.accounts).map(([name, { cells }]) => [
    name,
    count(BigInt(cells)),
    tons(storageNanotons(BigInt(cells), 365n * daySeconds)),
  ]);
  return tableOf(["account", "cells", "a year"], rows);
}

function costOf({ operations }: GasTable, name: string): bigint {
  const cost = operations[name];
  if (cost === undefined) throw new RangeError(name);
  return BigInt(cost.feeNanotons + cost.forwardNanotons);
}

function cellsOf({ accounts }: GasTable, name: string): bigint {
  return BigInt(accounts[name]?.cells ?? 0);
}

function tons(amount: bigint): string {
  return `${formatTon(nanotons(amount))} TON`;
}

function count(value: bigint): string {
  return value.toLocaleString("en");
}
