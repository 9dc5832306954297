import { cryptoBenchmark } from "./crypto.ts";
import { evidenceBenchmark } from "./evidence.ts";
import type { Benchmark } from "./harness/benchmark.ts";

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [cryptoBenchmark, evidenceBenchmark];
