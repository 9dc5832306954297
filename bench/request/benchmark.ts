// The way of a request: gateway, proxy, worker and a mock engine, beside the hops that it needs.

import type { Benchmark } from "../harness/benchmark.ts";
import { type Comparison, comparisonOf, type Fact } from "../harness/figure.ts";
import { quantile, summarize } from "../harness/statistics.ts";
import { startNetwork } from "./cocoon-network.ts";
import { ask, type Target } from "./load.ts";
import { startNginx } from "./nginx.ts";
import { startPortkey } from "./portkey.ts";
import { type Child, cpuByRole, startScript } from "./processes.ts";
import { profileRoles } from "./profiling.ts";

const concurrencies = [1, 30, 100] as const;
/** The official COCOON needs 1.35 with its logs off, in clear and without receipts. */
const cpuBarMs = 1.2;
/** Beside Portkey: answers in one piece. */
const wholeAtOnce = 64;
const portkeyBar = 0.6;

/** Something that answers completions, and the processes that it is. */
type Way = {
  readonly name: string;
  readonly target: Target;
  readonly processes: Readonly<Record<string, Child>>;
};

type Samples = {
  readonly cpuMs: number[];
  readonly cpuMsByRole: Map<string, number[]>;
  readonly latenciesMs: number[];
  readonly perSecond: number[];
};

export const requestBenchmark: Benchmark = {
  name: "request",
  title: "The way of a request: three hops, sealed, receipted, logged and paid",
  run: async (options) => {
    const engine = await startScript("mock-engine.ts", []);
    const network = await startNetwork(engine.port);
    const relay = await startScript("byte-relay.ts", [String(engine.port)]);
    const nginx = await startNginx(options, engine.port);
    const portkey = await startPortkey(options, engine.port);
    try {
      const direct = { port: engine.port, model: "mock" };
      const ways: Way[] = [
        {
          name: "cocoon",
          target: { port: network.port, model: network.model },
          processes: network.roles,
        },
        { name: "the mock engine itself", target: direct, processes: { engine } },
        {
          name: "two hops of bytes through Node",
          target: { ...direct, port: relay.port },
          processes: { relay },
        },
      ];
      if ("child" in nginx) {
        const target = { ...direct, port: nginx.child.port };
        const processes = { nginx: nginx.child };
        ways.push({ name: "two hops through nginx", target, processes });
      }
      const { comparisons, facts } = await compareWays(ways, options.isQuick);
      const [ours] = ways;
      if (ours !== undefined && "child" in portkey) {
        const { child, target } = portkey;
        const theirs = { name: "one hop through Portkey", target, processes: { portkey: child } };
        comparisons.push(await compareWhole(ours, theirs, options.isQuick));
      }
      const target = { port: network.port, model: network.model };
      const shares = await profileRoles(network.roles, target, options.isQuick ? 100 : 2_000);
      return {
        comparisons,
        facts: [...facts, ...shares],
        notes: [
          "CPU: user and system time of gateway, proxy and worker together, without the engine and the client that asks.",
          "Sealed with MLKEM768-X25519 for each request.",
          "Beside Portkey: the same answer in one piece of JSON. Our worker reads it from the engine as a stream all the same; Portkey passes on what it gets.",
          "Time by cause: sampled each 3 ms in a turn of its own, 30 at a time; time in a system call counts for who made it.",
          ...("skipped" in nginx ? [`nginx: skipped, ${nginx.skipped}.`] : []),
          ...("skipped" in portkey ? [`Portkey: skipped, ${portkey.skipped}.`] : []),
        ],
      };
    } finally {
      if ("child" in portkey) await portkey.child.stop();
      if ("child" in nginx) await nginx.child.stop();
      await relay.stop();
      await network.stop();
      await engine.stop();
    }
  },
};

async function compareWays(
  ways: readonly Way[],
  isQuick: boolean,
): Promise<{ comparisons: Comparison[]; facts: Fact[] }> {
  const comparisons: Comparison[] = [];
  const facts: Fact[] = [];
  for (const concurrency of concurrencies) {
    const all = await measure(ways, concurrency, isQuick);
    const [ours, ...others] = all;
    if (ours === undefined) continue;
    for (const [index, other] of others.entries()) {
      const yardstickName = ways[index + 1]?.name ?? "";
      if (index > 0) {
        comparisons.push(
          comparisonOf({
            name: `CPU time, ${concurrency} at a time`,
            unit: "ms CPU",
            yardstickName,
            ours: ours.cpuMs,
            yardstick: other.cpuMs,
          }),
        );
      }
    }
    facts.push(...factsOf(ours, all[1], concurrency));
  }
  return { comparisons, facts };
}

/** Answers in one piece of JSON, both ways. */
async function compareWhole(ours: Way, theirs: Way, isQuick: boolean): Promise<Comparison> {
  const whole = ({ target, ...way }: Way): Way => {
    return { ...way, target: { ...target, isWhole: true } };
  };
  const [own, other] = await measure([whole(ours), whole(theirs)], wholeAtOnce, isQuick);
  return comparisonOf({
    name: `CPU time, ${wholeAtOnce} answers in JSON at a time`,
    unit: "ms CPU",
    yardstickName: theirs.name,
    ours: own?.cpuMs ?? [],
    yardstick: other?.cpuMs ?? [],
    bar: { atMost: portkeyBar },
  });
}

function factsOf(ours: Samples, engine: Samples | undefined, concurrency: number): Fact[] {
  const at = `${concurrency} at a time`;
  const added = (part: number): number =>
    quantile(ours.latenciesMs, part) - quantile(engine?.latenciesMs ?? [0], part);
  return [
    {
      name: `CPU time of a request, ${at}`,
      unit: "ms",
      value: summarize(ours.cpuMs).median,
      ...(concurrency === 30 && { bar: { atMost: cpuBarMs } }),
    },
    ...[...ours.cpuMsByRole].map(([role, samples]) => {
      return { name: `of it in the ${role}, ${at}`, unit: "ms", value: summarize(samples).median };
    }),
    { name: `added latency, p50, ${at}`, unit: "ms", value: added(0.5) },
    { name: `added latency, p99, ${at}`, unit: "ms", value: added(0.99) },
    { name: `requests, ${at}`, unit: "a second", value: summarize(ours.perSecond).median },
  ];
}

/** Each way has its turn in each round; one turn comes first and does not count. */
async function measure(
  ways: readonly Way[],
  concurrency: number,
  isQuick: boolean,
): Promise<Samples[]> {
  const count = (isQuick ? 2 : 8) * Math.max(concurrency, 25);
  const rounds = isQuick ? 2 : 7;
  const all = ways.map((): Samples => {
    return { cpuMs: [], cpuMsByRole: new Map(), latenciesMs: [], perSecond: [] };
  });
  for (const { target } of ways) await ask(target, count, concurrency);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { target, processes }] of ways.entries()) {
      const samples = all[index];
      if (samples === undefined) continue;
      const before = cpuByRole(processes);
      const { elapsedMs, latenciesMs } = await ask(target, count, concurrency);
      const after = cpuByRole(processes);
      let total = 0;
      for (const [role, micros] of after) {
        const ms = (micros - (before.get(role) ?? 0)) / 1_000 / count;
        total += ms;
        const known = samples.cpuMsByRole.get(role) ?? [];
        samples.cpuMsByRole.set(role, [...known, ms]);
      }
      samples.cpuMs.push(total);
      samples.latenciesMs.push(...latenciesMs);
      samples.perSecond.push((1_000 * count) / elapsedMs);
    }
  }
  return all;
}
