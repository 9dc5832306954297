// Honest applications beside each abuse: they keep being served, and nobody's memory grows without a bound.

import { comes, rest } from "../faults/index.ts";
import { type Network, startNetwork } from "../network/network.ts";
import { checkNow } from "../watch/invariants.ts";
import { closeChannels, reckon } from "../watch/reckoning.ts";
import { readVitals } from "../watch/vitals.ts";
import { type Abuse, abuses } from "./abuses.ts";

/** Honest answers that are timed, calm and beside each abuse. */
const answersWanted = 150;
/** How much later the slowest of a hundred honest answers may come than in calm. */
const p99RatioMax = 3;
const patienceMs = 900_000;
const memoryBytesMax = 900 * 1_048_576;

/** Commits the abuses whose names hold any of these words. Returns what was broken. */
export async function runAbuse(
  words: readonly string[],
  say: (line: string) => void,
): Promise<readonly string[]> {
  const chosen = abuses.filter(({ name }) => words.some((word) => name.includes(word)));
  const network = await startNetwork({ callers: 4, planted: [] });
  say("all roles are up");
  const broken: string[] = [];
  try {
    network.load.start();
    await comes(() => network.load.acknowledged.length >= 10, patienceMs);
    const calm = await time(network, new AbortController(), () => true);
    say(`calm: ${describe(calm)}`);
    for (const abuse of chosen) {
      const { line, faults } = await beside(network, abuse, calm);
      say(line);
      broken.push(...faults);
    }
    await network.load.stop();
    broken.push(...network.load.faults, ...(await checkNow(network.home, network.plan.chain)));
    broken.push(
      ...(await reckon(network)),
      ...(await closeChannels(network)),
      ...(await network.stop()),
    );
  } finally {
    await network.close(broken.length > 0);
  }
  for (const { code, how, role } of network.endings) broken.push(`${role} ended: ${code ?? how}`);
  return broken;
}

type Timing = {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The most that any role held. */
  readonly memoryBytes: number;
  readonly handles: number;
};

async function beside(
  network: Network,
  { commit, hasEnd, name }: Abuse,
  calm: Timing,
): Promise<{ readonly line: string; readonly faults: readonly string[] }> {
  const stop = new AbortController();
  let isDone = false;
  const committed = commit(network, stop.signal).finally(() => {
    isDone = true;
  });
  await rest(1_000);
  const timing = await time(network, stop, () => isDone || hasEnd === undefined);
  const did = await committed;
  const ratio = timing.p99Ms / calm.p99Ms;
  const faults = [
    ...(timing.count < answersWanted
      ? [`${name}: ${timing.count} answers in ${patienceMs / 1_000} s`]
      : []),
    ...(timing.memoryBytes > memoryBytesMax
      ? [`${name}: a role held ${timing.memoryBytes} bytes`]
      : []),
    ...(ratio > p99RatioMax ? [`${name}: p99 ${ratio.toFixed(2)} times the calm one`] : []),
  ];
  return {
    line: `${name} (${did}): ${describe(timing)}; p99 ${ratio.toFixed(2)} times the calm one`,
    faults,
  };
}

/** Times honest answers until there are enough and it may end, and ends what goes on beside them. */
async function time(
  { load, roles }: Network,
  stop: AbortController,
  mayEnd: () => boolean,
): Promise<Timing> {
  const first = load.acknowledged.length;
  let memoryBytes = 0;
  let handles = 0;
  await comes(() => {
    for (const { pid } of Object.values(roles)) {
      const vitals = pid === undefined ? undefined : readVitals(pid);
      memoryBytes = Math.max(memoryBytes, vitals?.memoryBytes ?? 0);
      handles = Math.max(handles, vitals?.handles ?? 0);
    }
    return load.acknowledged.length >= first + answersWanted && mayEnd();
  }, patienceMs);
  stop.abort();
  const tookMs = load.acknowledged
    .slice(first)
    .map((answer) => answer.tookMs)
    .toSorted((left, right) => left - right);
  const at = (part: number): number =>
    Math.round(tookMs[Math.floor(part * (tookMs.length - 1))] ?? 0);
  return { count: tookMs.length, p50Ms: at(0.5), p99Ms: at(0.99), memoryBytes, handles };
}

function describe({ count, handles, memoryBytes, p50Ms, p99Ms }: Timing): string {
  const mebibytes = Math.round(memoryBytes / 1_048_576);
  return `${count} answers, p50 ${p50Ms} ms, p99 ${p99Ms} ms; a role held at most ${mebibytes} MiB and ${handles} file handles`;
}
