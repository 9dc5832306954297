// Faults over real processes. Runs what was built: `npm run prepare` after a change; `npm run chaos` does.

import { readCommandLine, readCount, readNumber, refuse } from "../tools/command-line.ts";
import { runAbuse } from "./abuse/run.ts";
import { type FaultKind, faultKinds } from "./faults/index.ts";
import { type PlantedBug, plantedBugs } from "./planted/bugs.ts";
import { type Report, runSeeds } from "./run.ts";
import { reportLines } from "./report.ts";

/** Faults that a planted bug gets to show itself. */
const plantedSteps = 4;

const usage = `npm run chaos [-- --seed N] [--seeds COUNT] [--together COUNT] [--minutes M] [--steps S] [--callers COUNT]
             [--only KIND]... [--planted NAME] [--keep]
npm run chaos -- abuse [--only WORD]...
npm run chaos -- planted [--planted NAME]
npm run chaos -- --list`;

const { positionals, values } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    minutes: { type: "string" },
    steps: { type: "string" },
    together: { type: "string" },
    callers: { type: "string" },
    only: { type: "string", multiple: true },
    planted: { type: "string" },
    keep: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

const seed = readCount("seed", values.seed) ?? 1;
const seeds = readCount("seeds", values.seeds) ?? 1;
const together = readCount("together", values.together) ?? 1;
const minutes = readNumber("minutes", values.minutes) ?? 5;
const steps = readCount("steps", values.steps);
const callers = readCount("callers", values.callers) ?? 6;
const common = { callers, say, keepsHome: values.keep };

if (values.list) {
  for (const { kind, felt } of faultKinds) console.log(`${kind.padEnd(36)} felt when ${felt}`);
  for (const { name, what } of plantedBugs) console.log(`--planted ${name}: ${what}`);
} else if (positionals[0] === "abuse") {
  const broken = await runAbuse(values.only ?? [""], say);
  for (const what of broken) console.log(`BROKEN: ${what}`);
  if (broken.length === 0) console.log("nothing was broken");
  process.exitCode = broken.length === 0 ? 0 : 1;
} else if (positionals[0] === "planted") {
  await runPlanted();
} else if (positionals.length === 0) {
  await runAll();
} else {
  refuse(usage);
}

/** Every planted bug, each in a network of its own. One that is not found ends with status 1. */
async function runPlanted(): Promise<void> {
  const wanted = plantedBugs.filter(({ name }) => name === (values.planted ?? name));
  if (wanted.length === 0) refuse(`no bug named ${values.planted}`);
  for (const bug of wanted) {
    const beganMs = performance.now();
    const [report] = await runSeeds([String(seed)], {
      ...common,
      kinds: kindsFor(bug),
      minutes: Infinity,
      steps: plantedSteps,
      planted: bug.patches,
      brokenMax: 1,
    });
    const found = report?.broken.find((sentence) => bug.found.test(sentence));
    const tookS = Math.round((performance.now() - beganMs) / 1_000);
    console.log(`${bug.name}: ${found ?? "NOT FOUND"} (seed ${seed}, ${tookS} s)`);
    if (found === undefined) process.exitCode = 1;
  }
}

/** Each seed has its share of the minutes. A broken one ends with status 1, and its folder is kept. SIGTERM: no more networks. */
async function runAll(): Promise<void> {
  const bug = plantedBugs.find(({ name }) => name === values.planted);
  if (values.planted !== undefined && bug === undefined) refuse(`no bug named ${values.planted}`);
  const kinds = kindsFor(bug);
  if (kinds.length === 0) refuse("no such faults; see --list");
  const left = Array.from({ length: seeds }, (_, index) => String(seed + index));
  const options = {
    ...common,
    kinds,
    minutes: minutes / seeds,
    steps,
    planted: bug?.patches ?? [],
    brokenMax: bug === undefined ? 10 : 1,
  };
  const reports: Report[] = [];
  // Ends with a report of what was done, when the seeds of this network are.
  process.once("SIGTERM", () => void left.splice(0));
  while (left.length > 0) {
    const done = await runSeeds(left.slice(0, together), options);
    left.splice(0, done.length);
    reports.push(...done);
    if (done.some(({ broken }) => broken.length > 0)) process.exitCode = 1;
  }
  for (const line of reportLines(reports)) console.log(line);
}

/** Tells when, from the start of everything. */
function say(line: string): void {
  console.log(`${(performance.now() / 1_000).toFixed(1).padStart(7)} ${line}`);
}

/** Those that were named, else those that bring the bug out, else all. */
function kindsFor(bug: PlantedBug | undefined): readonly FaultKind[] {
  const only = values.only ?? bug?.faults ?? [];
  return only.length === 0 ? faultKinds : faultKinds.filter(({ kind }) => only.includes(kind));
}
