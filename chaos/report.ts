// What a run did, for whoever reads it.

import type { FaultCount, Report } from "./run.ts";
import { growthOf } from "./watch/vitals.ts";

export function reportLines(reports: readonly Report[]): string[] {
  const recoveriesMs = reports.flatMap((report) => report.recoveriesMs).toSorted((a, b) => a - b);
  const broken = reports.filter((report) => report.broken.length > 0);
  const total = (count: (report: Report) => number): number =>
    reports.reduce((sum, report) => sum + count(report), 0);
  return [
    "",
    `${reports.length} seeds, ${broken.length} of them broken; ${total(({ acknowledged }) => acknowledged)} answers, ` +
      `${total(({ checks }) => checks)} looks at all books`,
    ...(["beside faults", "between faults"] as const).map(
      (phase) =>
        `${phase}: ${total(({ tallies }) => tallies[phase].answered)} answered, ` +
        `${total(({ tallies }) => tallies[phase].refused)} refused or broken off`,
    ),
    ...[...sumOf(reports.flatMap(({ refusals }) => [...refusals]))].map(
      ([what, count]) => `  ${count} ${what}`,
    ),
    `answers again after: median ${at(recoveriesMs, 0.5)} ms, at most ${at(recoveriesMs, 1)} ms`,
    ...vitalsLines(reports),
    ...growthLines(reports),
    "faults, felt of inflicted, and the first seed that felt it:",
    ...[...addUp(reports)].map(
      ([kind, { felt, inflicted }]) =>
        `  ${kind.padEnd(36)} ${felt} of ${inflicted}${seedLine(reports, kind)}`,
    ),
    ...broken.flatMap(({ broken: what, home, seed }) => [
      `seed ${seed} broke (${home}):`,
      ...what.map((sentence) => `  ${sentence}`),
    ]),
  ];
}

function seedLine(reports: readonly Report[], kind: string): string {
  const first = reports.find(({ faults }) => (faults.get(kind)?.felt ?? 0) > 0);
  return first === undefined ? "" : `, seed ${first.seed}`;
}

function at(sorted: readonly number[], part: number): number {
  return Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
}

function vitalsLines(reports: readonly Report[]): string[] {
  const names = [...(reports[0]?.vitalsMax.keys() ?? [])];
  return names.map((name) => {
    const all = reports.flatMap(({ vitalsMax }) => vitalsMax.get(name) ?? []);
    const most = (pick: (vitals: (typeof all)[number]) => number): number =>
      Math.max(0, ...all.map(pick));
    const memory = Math.round(most(({ memoryBytes }) => memoryBytes) / 1_048_576);
    return `${name}: at most ${memory} MiB, ${most(({ handles }) => handles)} file handles, ${most(({ sockets }) => sockets)} sockets`;
  });
}

function growthLines(reports: readonly Report[]): string[] {
  const mebibytes = (bytes: number): number => Math.round(bytes / 1_048_576);
  return growthOf(reports.flatMap(({ resting }) => resting)).map(
    ({ first, last, rests, role }) =>
      `${role} at rest, one process over ${rests} seeds: ${mebibytes(first.memoryBytes)} MiB, then ` +
      `${mebibytes(last.memoryBytes)}; ${first.handles} file handles, then ${last.handles}`,
  );
}

function sumOf(counts: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [what, count] of counts) sums.set(what, (sums.get(what) ?? 0) + count);
  return sums;
}

function addUp(reports: readonly Report[]): ReadonlyMap<string, FaultCount> {
  const sums = new Map<string, FaultCount>();
  for (const [kind, { felt, inflicted }] of reports.flatMap(({ faults }) => [...faults])) {
    const sum = sums.get(kind) ?? { inflicted: 0, felt: 0 };
    sums.set(kind, { inflicted: sum.inflicted + inflicted, felt: sum.felt + felt });
  }
  return sums;
}
