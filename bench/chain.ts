// The devnet as a chain: transactions a second, each on the real TVM, durable before it is acknowledged.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevnet } from "@cocoon/devnet";
import type { Benchmark } from "./harness/benchmark.ts";
import { summarize } from "./harness/statistics.ts";

const atOnce = 64;
const nanotons = 1_000_000_000n;

export const chainBenchmark: Benchmark = {
  name: "chain",
  title: "The devnet: transactions on the real TVM, durable when they are acknowledged",
  run: async ({ isQuick }) => {
    const home = mkdtempSync(join(tmpdir(), "cocoon-bench-chain-"));
    const devnet = await startDevnet({ home, port: 0 });
    try {
      const rates: number[] = [];
      const perRound = isQuick ? 100 : 500;
      for (let round = 0; round < (isQuick ? 2 : 7); round += 1) {
        const beganMs = performance.now();
        await transfer(devnet.faucet, round, perRound);
        rates.push((1_000 * perRound) / (performance.now() - beganMs));
      }
      const { max, median, min } = summarize(rates);
      return {
        comparisons: [],
        facts: [
          { name: "transactions, median of the rounds", unit: "a second", value: median },
          { name: "the slowest round", unit: "a second", value: min },
          { name: "the fastest round", unit: "a second", value: max },
        ],
        notes: [
          `${perRound} transfers in a round, ${atOnce} at a time, over HTTP, to accounts that do not exist yet.`,
          "The chain's fee for 1,000,000 answers is computed from measured gas, and held by a test: docs/costs.md.",
        ],
      };
    } finally {
      await devnet.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
};

async function transfer(
  faucet: (address: string, amount: bigint) => Promise<void>,
  round: number,
  count: number,
): Promise<void> {
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      const account = (round * count + next).toString(16).padStart(64, "0");
      await faucet(`0:${account}`, nanotons);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, send));
}
