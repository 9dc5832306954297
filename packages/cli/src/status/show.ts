// A network's state as tables.

import { formatTon } from "@cocoon/protocol";
import { formatTable, shorten, type Style } from "../terminal.ts";
import type { LocalNetwork } from "../network/network-file.ts";
import { describeChange, describeTime } from "./changes.ts";
import { describeMoney } from "./money.ts";
import type { NetworkSummary } from "./collect.ts";

/** For people. */
export function formatStatus(
  summary: NetworkSummary,
  { model }: Pick<LocalNetwork, "model">,
  style: Style,
): string {
  const down = style.bad("not reachable");
  const { endpoint, gateway, networkId, root, seqno, workers } = summary;
  const absence = workers === undefined ? "not known: the gateway does not answer" : "none";
  const head = formatTable([
    ["network", String(networkId)],
    ["root", summary.revision === undefined ? root : `${root}, revision ${summary.revision}`],
    ["chain", seqno === undefined ? `${endpoint}, ${down}` : `${endpoint}, block ${seqno}`],
    ["accounts", proofTexts[summary.proofs]],
    [
      "gateway",
      gateway.isUp ? `${gateway.url}, ${style.good("ready")}` : `${gateway.url}, ${down}`,
    ],
  ]);
  return [
    head,
    ...pendingPart(summary, style),
    titled("proxies", proxyRows(summary), style),
    titled("workers", workerRows(summary, model), style, absence),
    titled("channels", channelRows(summary), style),
    titled("balances", balanceRows(summary), style),
    ...moneyPart(summary, style),
  ].join("\n");
}

const proofTexts = {
  unknown: "not read",
  proven: "proven up to a block of the masterchain",
  unproven: "unproven: what the endpoint says",
} as const;

/** For machines: amounts are decimal texts, what is not known is left out. */
export function statusJson(summary: NetworkSummary): string {
  const plain = (_name: string, value: unknown): unknown =>
    typeof value === "bigint" ? value.toString() : value;
  return `${JSON.stringify(summary, plain, 2)}\n`;
}

type Rows = readonly (readonly string[])[];

/** A title over a table whose first row is its heads; a table without more says so. */
function titled(title: string, rows: Rows, style: Style, none = "none"): string {
  const body = rows.length > 1 ? formatTable(rows) : `${none}\n`;
  return `${style.bold(title)}\n${body}`;
}

/** Only where something is about to change. */
function pendingPart({ askedAtMs, pending = [] }: NetworkSummary, style: Style): readonly string[] {
  if (pending.length === 0) return [];
  const rows = pending.map((change) => [
    String(change.id),
    describeTime(change, askedAtMs),
    describeChange(change.change),
  ]);
  return [titled("pending changes", [["CHANGE", "FROM", "WHAT"], ...rows], style)];
}

/** What the tables come to. */
function moneyPart(summary: NetworkSummary, style: Style): readonly string[] {
  const sentences = describeMoney(summary);
  if (sentences.length === 0) return [];
  return [`${style.bold("money")}\n${sentences.map((sentence) => `${sentence}.\n`).join("")}`];
}

function proxyRows({ proxies }: NetworkSummary): Rows {
  const rows = proxies.map((proxy) => [
    shorten(proxy.bond),
    proxy.endpoint ?? "-",
    ton(proxy.bondNanotons),
    ton(proxy.budgetNanotons),
    proxy.feeBps === undefined ? "-" : `${proxy.feeBps / 100} %`,
    count(proxy.logSize),
    count(proxy.anchoredSize),
  ]);
  return [["BOND", "AT", "TON AT STAKE", "FOR ANCHORS", "FEE", "RECEIPTS", "ANCHORED"], ...rows];
}

function workerRows({ workers = [] }: NetworkSummary, model: LocalNetwork["model"]): Rows {
  const rows = workers.map((worker) => [
    shorten(worker.worker),
    worker.tier,
    worker.model === model.manifestHash ? model.name : shorten(worker.model),
    `${formatTon(worker.promptPerMillion)} / ${formatTon(worker.completionPerMillion)}`,
    `${worker.active} of ${worker.slots}`,
  ]);
  return [["WORKER", "TIER", "MODEL", "TON PER MILLION TOKENS", "LOAD"], ...rows];
}

function channelRows({ channels }: NetworkSummary): Rows {
  const rows = channels.map((channel) => [
    channel.address,
    channel.phase,
    ton(channel.depositNanotons),
    ton(channel.spentNanotons),
    ton(channel.voucheredNanotons),
    ton(channel.claimedNanotons),
  ]);
  return [["CHANNEL", "PHASE", "DEPOSIT", "SPENT", "VOUCHERED", "CLAIMED"], ...rows];
}

function balanceRows({ balances }: NetworkSummary): Rows {
  const rows = balances.map(({ address, balanceNanotons, name }) => [
    name,
    address,
    ton(balanceNanotons),
  ]);
  return [["WALLET", "ADDRESS", "TON"], ...rows];
}

function ton(amount: bigint | undefined): string {
  return amount === undefined ? "-" : formatTon(amount);
}

function count(value: number | undefined): string {
  return value === undefined ? "-" : String(value);
}
