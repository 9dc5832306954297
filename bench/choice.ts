// Which worker answers: how many decisions a second, and how good they are, in a simulation with seeded chance.

import { nanotons } from "@cocoon/protocol";
import {
  type Candidate,
  type ConnectedWorker,
  pickWorkers,
  WorkerDirectory,
} from "@cocoon/services";
import type { Benchmark } from "./harness/benchmark.ts";
import { type Contender, runRounds } from "./harness/rounds.ts";
import { quantile, summarize } from "./harness/statistics.ts";

const workerCount = 10_000;
const modelCount = 20;
/** Running at any moment: two of the four slots of each worker. */
const jobCount = 20_000;
const price = { promptPerMillion: nanotons(10n), completionPerMillion: nanotons(20n) };
const wish = {
  tier: "open",
  promptPerMillionMax: nanotons(100n),
  completionPerMillionMax: nanotons(100n),
  excluded: [],
  capabilities: [],
  countMax: 1,
  nowMs: 0,
} as const;

export const choiceBenchmark: Benchmark = {
  name: "choice",
  title: "The choice of a worker",
  run: async ({ effort, isQuick }) => {
    const [decided, noted] = await runRounds(contenders(fullDirectory()), effort);
    const requests = isQuick ? 2_000 : 40_000;
    const healthy = simulate(requests, () => 1);
    const mixed = simulate(requests, (worker) => (worker % 5 === 0 ? 5 : 1));
    return {
      comparisons: [],
      facts: [
        {
          name: `decisions among ${workerCount} workers of ${modelCount} models`,
          unit: "a second of CPU",
          value: 1e6 / summarize(decided?.cpu ?? []).median,
          bar: { atLeast: 200_000 },
        },
        {
          name: "the same, with each job's start and end noted",
          unit: "a second of CPU",
          value: 1e6 / summarize(noted?.cpu ?? []).median,
        },
        {
          name: "p99 with one worker in five 5 times as slow, over p99 of all healthy",
          unit: "times",
          value: quantile(mixed.latencies, 0.99) / quantile(healthy.latencies, 0.99),
          bar: { atMost: 1.5 },
        },
        {
          name: "requests of the worker that got fewest, over the mean, all healthy",
          unit: "times",
          value: (Math.min(...healthy.served) * healthy.served.length) / requests,
        },
      ],
      notes: [
        "The simulation: 50 workers of 4 slots, requests of 100 tokens that take 1 to 3 seconds, at half of what healthy workers can do; chance is seeded.",
      ],
    };
  },
};

function contenders(directory: WorkerDirectory): readonly Contender[] {
  const running: string[] = [];
  const random = seeded(1);
  const decide = (turn: number): string => {
    const [picked] = pickWorkers(directory.candidates(String(turn % modelCount)), wish, random);
    if (picked === undefined) throw new RangeError("picked nobody");
    return picked.worker;
  };
  const note = (turn: number): void => {
    const worker = decide(turn);
    directory.jobStarted(worker);
    directory.jobEnded(running[turn % jobCount] ?? "");
    running[turn % jobCount] = worker;
  };
  // Compiled, and half of all slots in use, before anything is measured.
  for (let turn = 0; turn < 5 * jobCount; turn += 1) note(turn);
  return [decide, note].map((act) => {
    return {
      name: act.name,
      run: (count) => {
        for (let turn = 0; turn < count; turn += 1) act(turn);
      },
    };
  });
}

/** As a proxy has it. Of a worker only what the directory reads is there. */
function fullDirectory(): WorkerDirectory {
  const directory = new WorkerDirectory();
  for (let index = 0; index < workerCount; index += 1) {
    const id = index.toString(16).padStart(64, "0");
    const ask = { ...price, model: String(index % modelCount), contextTokens: 4_096, slots: 4 };
    const attested = {
      tier: "open",
      claimsHash: id,
      platformId: id,
      gpuIds: [],
      expiresAtMs: Infinity,
    };
    const asks = [{ ...ask, capabilities: [] }];
    // oxlint-disable-next-line no-unsafe-type-assertion -- see above
    directory.announce({ id, payout: `0:${id}`, attested, asks } as unknown as ConnectedWorker);
  }
  return directory;
}

function crowd(count: number): Candidate[] {
  return Array.from({ length: count }, (_, index) => {
    return {
      worker: index.toString(16).padStart(64, "0"),
      tier: "open" as const,
      ...price,
      active: index % 4,
      slots: 4,
      tokensPerSecond: 40 + (index % 30),
      suspectUntilMs: 0,
      expiresAtMs: Infinity,
      capabilities: [],
    };
  });
}

type Simulated = { readonly latencies: number[]; readonly served: number[] };

/** Requests come at random, at half of what 50 healthy workers can do; each keeps one slot busy for its time. */
function simulate(requests: number, slowness: (worker: number) => number): Simulated {
  const random = seeded(7);
  const workers = crowd(50).map((candidate, index) => {
    return {
      slowness: slowness(index),
      ends: [] as number[],
      speed: undefined as number | undefined,
      candidate,
    };
  });
  const latencies: number[] = [];
  const served = workers.map(() => 0);
  const serviceSeconds = 2;
  const ratePerSecond = (0.5 * workers.length * 4) / serviceSeconds;
  let now = 0;
  for (let request = 0; request < requests; request += 1) {
    now -= Math.log(1 - random()) / ratePerSecond;
    for (const worker of workers) worker.ends = worker.ends.filter((end) => end > now);
    const candidates = workers.map(({ candidate, ends, speed }) => {
      return { ...candidate, active: ends.length, tokensPerSecond: speed };
    });
    const [choice] = pickWorkers(candidates, wish, random);
    const picked = candidates.findIndex(({ worker }) => worker === choice?.worker);
    const worker = workers[picked];
    if (worker === undefined) throw new RangeError("picked nobody");
    const seconds = serviceSeconds * worker.slowness * (0.5 + random());
    const queued = worker.ends.toSorted((left, right) => left - right);
    const starts = queued.length < 4 ? now : (queued[queued.length - 4] ?? now);
    worker.ends.push(starts + seconds);
    const seen = 100 / seconds;
    worker.speed = worker.speed === undefined ? seen : worker.speed + 0.2 * (seen - worker.speed);
    served[picked] = (served[picked] ?? 0) + 1;
    latencies.push(starts + seconds - now);
  }
  return { latencies, served };
}

/** mulberry32: enough for a simulation, the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
