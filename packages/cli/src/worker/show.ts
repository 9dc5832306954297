// A worker's report as text: the dashboard, and cocoon worker status.

import {
  formatTon,
  type IdleReport,
  type ProxyLinkReport,
  type SensorReport,
  type WorkerReport,
} from "@cocoon/protocol";
import { formatTable, shorten, type Style } from "../terminal.ts";

/** The whole of it, for people. */
export function formatReport(report: WorkerReport, style: Style): string {
  return `${headline(report, style)}\n${reasonLines(report)}\n${formatTable(rowsOf(report))}`;
}

/** One line that says whether it earns. */
export function headline(report: WorkerReport, style: Style): string {
  const { activity, load, tokensPerSecond, today } = report;
  const state = { working: style.good, idle: style.bold, blocked: style.bad }[activity](activity);
  const jobs = `${load.active} of ${load.slots} jobs, ${load.queued} waiting`;
  const speed = `${tokensPerSecond.toFixed(1)} tokens/s`;
  return `${state}  ${jobs}  ${speed}  ${ton(earnedOf(today))} TON today`;
}

/** Why, and what mends it; nothing while it works. */
function reasonLines({ reasons }: WorkerReport): string {
  const lines = reasons.map((reason) => `  ${reasonText(reason)}.\n    ${reason.remedy}\n`);
  return lines.join("");
}

export function reasonText({ code, detail, meaning }: IdleReport): string {
  const behind = detail === null ? "" : ` (${detail})`;
  return `${code}: ${meaning}${behind}`;
}

type EarnedToday = WorkerReport["today"];

/** What is in the log, and what will be in a moment. */
function earnedOf({ earnedNanotons, pendingNanotons }: EarnedToday): bigint {
  return BigInt(earnedNanotons) + BigInt(pendingNanotons);
}

function rowsOf(report: WorkerReport): readonly (readonly string[])[] {
  const { ask, benchmark, bond, engine, model, money, tier, today, wallet, workerId } = report;
  return [
    ["worker", workerId === null ? "not started yet" : `${shorten(workerId)}, tier ${tier ?? "-"}`],
    ["model", model === null ? "-" : `${model.name}, ${model.contextTokens} tokens of context`],
    ["engine", engine === null ? "-" : (engine.baseUrl ?? "embedded")],
    ["asks", ask === null ? "-" : askText(ask)],
    ["today", `${today.answers} answers, ${today.promptTokens} + ${today.completionTokens} tokens`],
    ["earned", `${ton(BigInt(money.earnedNanotons))} TON, ${moneyText(money)}`],
    ["wallet", wallet === null ? "-" : `${wallet.address}, ${tonOr(wallet.balanceNanotons)}`],
    ["bond", bond === null ? "none" : bondText(bond)],
    ...report.proxies.map((link) => ["proxy", linkText(link)]),
    ...report.sensors.map((sensor) => ["sensor", sensorText(sensor)]),
    ...(benchmark === null ? [] : [["measured", benchmarkText(benchmark)]]),
  ];
}

function askText(ask: NonNullable<WorkerReport["ask"]>): string {
  const prompt = ton(BigInt(ask.promptPerMillionNanotons));
  const completion = ton(BigInt(ask.completionPerMillionNanotons));
  const follows = ask.followsLoad;
  const range =
    follows === null
      ? ""
      : `, follows the load: ${follows.floorPercent} to ${follows.ceilingPercent} %`;
  return `${prompt} / ${completion} TON per million prompt / answer tokens${range}`;
}

function moneyText({
  paidOutNanotons,
  payoutThresholdNanotons,
  voucheredNanotons,
}: WorkerReport["money"]): string {
  const open = BigInt(voucheredNanotons) - BigInt(paidOutNanotons);
  const threshold = ton(BigInt(payoutThresholdNanotons));
  return `${ton(BigInt(paidOutNanotons))} paid out, ${ton(open)} to come (paid at ${threshold})`;
}

function bondText(bond: NonNullable<WorkerReport["bond"]>): string {
  const accused = bond.isAccused ? ", accused" : "";
  return `${ton(BigInt(bond.atStakeNanotons))} TON, ${bond.phase}${accused}`;
}

function linkText({ bond, code, phase }: ProxyLinkReport): string {
  return `${shorten(bond)}, ${phase}${code === null ? "" : `: ${code}`}`;
}

function sensorText(sensor: SensorReport): string {
  const { memoryTotalBytes, memoryUsedBytes, name, temperatureCelsius, utilizationPercent } =
    sensor;
  const parts = [
    name,
    ...(temperatureCelsius === null ? [] : [`${temperatureCelsius} °C`]),
    ...(utilizationPercent === null ? [] : [`${utilizationPercent} % busy`]),
    ...(memoryTotalBytes === null
      ? []
      : [`${gib(memoryUsedBytes ?? 0)} of ${gib(memoryTotalBytes)} GiB`]),
  ];
  return parts.join(", ");
}

export function benchmarkText(benchmark: NonNullable<WorkerReport["benchmark"]>): string {
  const steps = benchmark.steps.map(
    ({ completionTokensPerSecond, concurrency }) =>
      `${completionTokensPerSecond} at ${concurrency}`,
  );
  return `${benchmark.promptTokensPerSecond} prompt tokens/s; answer tokens/s: ${steps.join(", ")}`;
}

function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

function ton(amount: bigint): string {
  return formatTon(amount);
}

function tonOr(amount: string | null): string {
  return amount === null ? "not read yet" : `${ton(BigInt(amount))} TON`;
}
