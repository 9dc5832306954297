// The receipt log at size: its memory, what a kill in the middle of a write leaves, and how soon it is back.

import {
  consistencyProof,
  logOrigin,
  type TreeHead,
  verifyCheckpoint,
  verifyConsistency,
} from "@cocoon/protocol";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openDeskRig, rigBond, rigLogKey } from "./desk-rig.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { summarize } from "./harness/statistics.ts";
import type { GrowthLine } from "./log-growth.ts";
import { sampleNetworkId } from "./sample-request.ts";

const script = fileURLToPath(new URL("log-growth.ts", import.meta.url));
const identity = {
  origin: logOrigin(sampleNetworkId, rigBond),
  publicKey: rigLogKey.publicKey,
};
/** The growth of a process that has just begun is not the log's. */
const warmUpLeaves = 100_000;

export const logBenchmark: Benchmark = {
  name: "log",
  title: "The receipt log at size: memory, kill -9, start",
  run: async ({ isQuick, leaves = isQuick ? 20_000 : 1_000_000, minutes = 60 }) => {
    const phaseMs = 30_000 * minutes;
    const folder = mkdtempSync(join(tmpdir(), "cocoon-bench-log-"));
    try {
      const half = await growUntilKilled(folder, Math.floor(leaves / 2), phaseMs);
      const restart = await growUntilKilled(folder, leaves, phaseMs);
      const again = await growUntilKilled(folder, leaves + 1, 0);
      const checked = await checkConsistency(folder, [half, restart, again]);
      return {
        comparisons: [],
        facts: [
          { name: "leaves when it was last killed", unit: "leaves", value: restart.last.size },
          ...memoryFacts([...half.lines, ...restart.lines]),
          {
            name: "opening the log after kill -9 at half the size",
            unit: "ms",
            value: restart.last.openMs,
            bar: { atMost: 2_000 },
          },
          {
            name: "opening the log after kill -9 at the full size",
            unit: "ms",
            value: again.last.openMs,
            bar: { atMost: 2_000 },
          },
          { name: "the same with Node and its modules", unit: "ms", value: again.readyMs },
          { name: "leaves a second while it grew", unit: "a second", value: restart.leavesASecond },
        ],
        notes: [
          `After both kills the log went on from what was durable; ${checked} published checkpoints are consistent with it.`,
          "Opening: the database's recovery, the tree's edge, the newest checkpoint. The process was killed while it wrote.",
        ],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

type Growth = {
  readonly readyMs: number;
  readonly lines: readonly GrowthLine[];
  readonly last: GrowthLine;
  readonly leavesASecond: number;
};

/** Lets the log grow to this size, or for this time, and kills its process in the middle of what it writes next. */
async function growUntilKilled(folder: string, size: number, forMs: number): Promise<Growth> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ["--import", "tsx", script, folder, "1e15"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: GrowthLine[] = [];
  let readyMs = 0;
  for await (const text of createInterface({ input: child.stdout })) {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the script's own line
    const line = JSON.parse(text) as GrowthLine;
    lines.push(line);
    if (line.event === "ready") readyMs = performance.now() - startedMs;
    const isLate = line.event === "published" && performance.now() - startedMs > forMs;
    if (line.size >= size || isLate) break;
  }
  const grownMs = performance.now() - startedMs - readyMs;
  await killHard(child);
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined) throw new Error("the log did not start");
  const leavesASecond = grownMs > 0 ? (1_000 * (last.size - first.size)) / grownMs : 0;
  return { readyMs, lines, last, leavesASecond };
}

async function killHard(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  child.kill("SIGKILL");
  await ended;
}

/** Every checkpoint that was out before a kill must be one of the same history. Returns how many were held to it. */
async function checkConsistency(folder: string, growths: readonly Growth[]): Promise<number> {
  const rig = await openDeskRig(folder);
  try {
    await rig.log.publishCheckpoint();
    const now = headOf(rig.log.newestCheckpoint()?.note ?? "");
    const heads = growths
      .flatMap(({ lines }) => lines)
      .filter(({ checkpoint }) => checkpoint !== "")
      .map(({ checkpoint }) => headOf(checkpoint));
    for (const head of heads) {
      if (head.size === now.size) continue;
      const proof = consistencyProof(head.size, now.size, rig.log.readNode);
      verifyConsistency(head, now, proof);
    }
    return heads.length;
  } finally {
    rig.store.close();
  }
}

function headOf(note: string): TreeHead {
  return verifyCheckpoint(note, identity);
}

function memoryFacts(
  lines: readonly GrowthLine[],
): { name: string; unit: string; value: number; bar?: { atMost: number } }[] {
  const grown = lines.filter(({ size }) => size > warmUpLeaves || lines.length < 20);
  const middle = grown.slice(0, Math.ceil(grown.length / 2));
  const end = grown.slice(-Math.ceil(grown.length / 4));
  const mebibytes = (some: readonly GrowthLine[]): number =>
    summarize(some.map(({ residentBytes }) => residentBytes / 2 ** 20)).median;
  return [
    { name: "resident memory, first half", unit: "MiB", value: mebibytes(middle) },
    { name: "resident memory, last quarter", unit: "MiB", value: mebibytes(end) },
    {
      name: "last quarter over first half",
      unit: "times",
      value: mebibytes(end) / mebibytes(middle),
      bar: { atMost: 1.1 },
    },
  ];
}
