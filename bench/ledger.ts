// Receipts made durable, charged and credited, beside what the same disk does when it is only written to.

import { parsePromise } from "@cocoon/protocol";
import { checkpointMsDefault, startTicker } from "@cocoon/services";
import Driver from "libsql";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DeskRig, openDeskRig, settle } from "./desk-rig.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { comparisonOf, type Fact } from "./harness/figure.ts";
import { type Contender, type Effort, runRounds } from "./harness/rounds.ts";
import { quantile } from "./harness/statistics.ts";

/** Answers that end at once, and so the size of a group. */
const inFlight = 256;
const recordBytes = 400;

export const ledgerBenchmark: Benchmark = {
  name: "ledger",
  title: "Ledger and log: receipts durable, charged, credited and provable",
  run: async ({ isQuick, effort }) => {
    const folder = mkdtempSync(join(tmpdir(), "cocoon-bench-ledger-"));
    const rig = await openDeskRig(folder);
    const engine = rawEngine(join(folder, "raw.db"));
    const file = rawFile(join(folder, "raw.log"));
    try {
      const comparisons = await compareWrites(rig, [file, engine], effort);
      return {
        comparisons,
        facts: await sustain(rig, isQuick ? 2_000 : 20_000),
        notes: [
          `${inFlight} answers end at once and share a transaction; every one is durable (fsync) before it is acknowledged, and its promise is signed.`,
          "The bar is on the disk: as many bytes in groups of the same size, appended to a file and synced. A signature of 36 µs for each promise alone keeps one core at an eighth of that.",
          "A receipt is 2 rows of its own with 2 indexed request ids, 2 tree nodes on average, and its part of two sums. The raw engine writes one row.",
        ],
      };
    } finally {
      engine.close();
      file.close();
      rig.store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** The bar is on the first of the limits. */
async function compareWrites(rig: DeskRig, limits: readonly RawWriter[], effort: Effort) {
  const ours: Contender = {
    name: "receipts committed",
    run: async (groups) => {
      for (let group = 0; group < groups; group += 1) {
        await settle({ desk: rig.desk, count: inFlight, inFlight, isAcknowledged: false });
      }
    },
  };
  const [committed, ...raw] = await runRounds([ours, ...limits], {
    ...effort,
    turnMs: 2 * effort.turnMs,
  });
  const perSecond = (times: readonly number[] = []): number[] =>
    times.map((micros) => (1e6 * inFlight) / micros);
  return raw.map(({ name, wall }, index) =>
    comparisonOf({
      name: "receipts committed",
      unit: "a second",
      yardstickName: name,
      ours: perSecond(committed?.wall),
      yardstick: perSecond(wall),
      ...(index === 0 && { bar: { atLeast: 0.8 } }),
    }),
  );
}

/** Keeps committing and acknowledging while checkpoints are published, and asks when each receipt was in one. */
async function sustain(rig: DeskRig, durationMs: number): Promise<Fact[]> {
  const committedAtMs = new Map<number, number>();
  const waitsMs: number[] = [];
  const publish = async (): Promise<void> => {
    await rig.log.publishCheckpoint();
    await rig.tiles.publish();
    const size = rig.log.newestCheckpoint()?.size ?? 0;
    const nowMs = performance.now();
    for (const [index, atMs] of committedAtMs) {
      if (index >= size) continue;
      waitsMs.push(nowMs - atMs);
      committedAtMs.delete(index);
    }
  };
  // What came before is not part of it.
  await publish();
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const endMs = startedMs + durationMs;
  let count = 0;
  const serving = (async () => {
    while (performance.now() < endMs) {
      await settle({
        desk: rig.desk,
        count: 2 * inFlight,
        inFlight,
        isAcknowledged: true,
        onCommitted: (promise) => {
          count += 1;
          committedAtMs.set(parsePromise(promise).index, performance.now());
        },
      });
    }
  })();
  const failures: unknown[] = [];
  // As a proxy does it that is configured to nothing else.
  const publishing = startTicker(checkpointMsDefault, publish, (error) => failures.push(error));
  await serving;
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  await publishing.stop();
  await publish();
  if (failures.length > 0) throw failures[0];
  return [
    {
      name: "receipts committed, acknowledged and published, sustained",
      unit: "a second",
      value: (1_000 * count) / elapsedMs,
      bar: { atLeast: 2_000 },
    },
    { name: "CPU time of one", unit: "µs", value: (user + system) / count },
    {
      name: `time to inclusion, p99, a checkpoint every ${checkpointMsDefault} ms as by default`,
      unit: "ms",
      value: quantile(waitsMs, 0.99),
      bar: { atMost: 1_500 },
    },
  ];
}

type RawWriter = Contender & { readonly close: () => void };

/** The same engine with one row a record, a transaction for each group. */
function rawEngine(path: string): RawWriter {
  const driver = new Driver(path);
  driver.pragma("journal_mode = WAL");
  driver.pragma("synchronous = FULL");
  driver.exec("CREATE TABLE records (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT");
  const insert = driver.prepare("INSERT INTO records (body) VALUES (?)");
  const record = Buffer.alloc(recordBytes, 1);
  return {
    name: "rows inserted by the same engine",
    run: (groups) => {
      for (let group = 0; group < groups; group += 1) {
        driver.exec("BEGIN IMMEDIATE");
        for (let row = 0; row < inFlight; row += 1) insert.run([record]);
        driver.exec("COMMIT");
      }
    },
    close: () => driver.close(),
  };
}

/** A file that only grows, synced for each group. */
function rawFile(path: string): RawWriter {
  const file = openSync(path, "a");
  return {
    name: "records appended to a file, fdatasync",
    run: (groups) => {
      for (let group = 0; group < groups; group += 1) {
        writeSync(file, Buffer.alloc(recordBytes * inFlight, 1));
        fdatasyncSync(file);
      }
    },
    close: () => closeSync(file),
  };
}
