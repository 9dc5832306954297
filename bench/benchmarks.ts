import { chainBenchmark } from "./chain.ts";
import { choiceBenchmark } from "./choice.ts";
import { cryptoBenchmark } from "./crypto.ts";
import { evidenceBenchmark } from "./evidence.ts";
import type { Benchmark } from "./harness/benchmark.ts";
import { ledgerBenchmark } from "./ledger.ts";
import { logBenchmark } from "./log.ts";
import { pageBenchmark } from "./page.ts";
import { requestBenchmark } from "./request/benchmark.ts";
import { startBenchmark } from "./start.ts";
import { streamsBenchmark } from "./streams/benchmark.ts";

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  cryptoBenchmark,
  evidenceBenchmark,
  ledgerBenchmark,
  logBenchmark,
  choiceBenchmark,
  requestBenchmark,
  streamsBenchmark,
  startBenchmark,
  chainBenchmark,
  pageBenchmark,
];
