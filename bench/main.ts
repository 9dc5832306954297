// Measures what was built, not the sources: run `npm run prepare` after a change; `npm run bench` does.

import { fileURLToPath } from "node:url";
import { readCommandLine, readCount, readNumber, refuse } from "../tools/command-line.ts";
import { benchmarks } from "./benchmarks.ts";
import type { Benchmark, Options } from "./harness/benchmark.ts";
import { reportLines } from "./harness/console.ts";
import { describeMachine } from "./harness/machine.ts";
import { saveResult } from "./harness/results-folder.ts";

const resultsFolder = fileURLToPath(new URL("results", import.meta.url));

const names = benchmarks.map(({ name }) => name).join(", ");
const usage = `npm run bench [-- NAME...] [--quick] [--out FOLDER] [--leaves COUNT] [--minutes M] [--requests COUNT]
             [--nginx PATH] [--portkey FOLDER]
Names: ${names}`;

const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    out: { type: "string" },
    leaves: { type: "string" },
    minutes: { type: "string" },
    requests: { type: "string" },
    nginx: { type: "string" },
    portkey: { type: "string" },
  },
});
const isQuick = values.quick;
/** A quick run would write over what was measured with patience. */
const folder = values.out ?? (isQuick ? undefined : resultsFolder);
const options: Options = {
  isQuick,
  effort: isQuick ? { rounds: 3, turnMs: 20 } : { rounds: 15, turnMs: 150 },
  leaves: readCount("leaves", values.leaves),
  minutes: readNumber("minutes", values.minutes),
  requests: readCount("requests", values.requests),
  nginx: values.nginx,
  portkey: values.portkey,
};

for (const benchmark of selectBenchmarks()) await runBenchmark(benchmark);

function selectBenchmarks(): readonly Benchmark[] {
  if (positionals.length === 0) return benchmarks;
  const selected = benchmarks.filter(({ name }) => positionals.includes(name));
  const unknown = positionals.filter((name) => selected.every((known) => known.name !== name));
  if (unknown.length === 0) return selected;
  refuse(`no benchmark named ${unknown.join(", ")}; there are: ${names}`);
}

/** One that fails says so and lets the next have its turn. */
async function runBenchmark({ name, title, run }: Benchmark): Promise<void> {
  console.log(`${name}: ${title}`);
  const machine = describeMachine();
  try {
    const report = await run(options);
    for (const line of reportLines(report)) console.log(line);
    if (folder !== undefined) saveResult(folder, { name, title, isQuick, machine, ...report });
  } catch (error) {
    console.error(`  ${name} could not be measured:`, error);
    process.exitCode = 1;
  }
}
