// What a worker says of itself to its owner, as JSON: the local API of docs/gpu-owners.md. Amounts are nanotons in decimal
// texts, times are Unix milliseconds, ids are hex. What is not known is null.

import type { ErrorCode } from "../errors/index.ts";
import type { IdleCode } from "./idle-table.ts";

export type WorkerReport = {
  readonly atMs: number;
  readonly startedAtMs: number;
  /** `blocked`: no work can come; `idle`: none comes. `reasons` says why in both. */
  readonly activity: "working" | "idle" | "blocked";
  /** What to mend first comes first. Empty while it works. */
  readonly reasons: readonly IdleReport[];
  readonly networkId: number;
  /** Of this boot. */
  readonly workerId: string | null;
  readonly tier: string | null;
  readonly model: ModelReport | null;
  readonly engine: EngineReport | null;
  readonly ask: AskReport | null;
  readonly load: { readonly active: number; readonly queued: number; readonly slots: number };
  /** Over the last 10 seconds. One piece of an answer counts as one token where the engine tells no token ids. */
  readonly tokensPerSecond: number;
  readonly proxies: readonly ProxyLinkReport[];
  readonly wallet: { readonly address: string; readonly balanceNanotons: string | null } | null;
  readonly bond: BondReport | null;
  /** Since midnight UTC. */
  readonly today: EarningsReport;
  readonly money: MoneyReport;
  readonly sensors: readonly SensorReport[];
  readonly benchmark: BenchmarkReport | null;
};

export type IdleReport = {
  readonly code: IdleCode;
  readonly meaning: string;
  readonly remedy: string;
  /** No work can come while it lasts. */
  readonly isBlocking: boolean;
  readonly sinceMs: number;
  /** Which proxy, or which code of spec/9-errors.md is behind it. */
  readonly detail: string | null;
};

export type ModelReport = {
  readonly name: string;
  readonly manifestHash: string;
  readonly contextTokens: number;
  readonly capabilities: readonly string[];
};

export type EngineReport = {
  readonly kind: "llama" | "http";
  /** Of a backend. */
  readonly baseUrl: string | null;
  readonly isReady: boolean;
};

export type AskReport = {
  readonly promptPerMillionNanotons: string;
  readonly completionPerMillionNanotons: string;
  /** Between which the price follows the load, in percent of the price in the configuration; null: it does not. */
  readonly followsLoad: { readonly floorPercent: number; readonly ceilingPercent: number } | null;
};

export type ProxyLinkReport = {
  /** The proxy's bond contract. */
  readonly bond: string;
  /** `offered`: clients are sent here. */
  readonly phase: "connecting" | "offered" | "withdrawn" | "refused" | "unreachable";
  /** Why, where it is not offered. */
  readonly code: ErrorCode | null;
  readonly sinceMs: number;
};

export type BondReport = {
  readonly address: string;
  readonly phase: string;
  readonly atStakeNanotons: string;
  /** A verdict is pending against it. */
  readonly isAccused: boolean;
};

export type EarningsReport = {
  readonly answers: number;
  readonly promptTokens: number;
  /** Those of the prompt that came from the engine's cache. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** Receipts in the log: what the proxy owes or has paid. */
  readonly earnedNanotons: string;
  /** Handed in, and not yet known to be in the log. */
  readonly pendingNanotons: string;
  /** Answered, and never in the log: nobody pays. */
  readonly lostNanotons: string;
};

/** One model on one day, UTC. */
export type EarningsRow = EarningsReport & {
  /** `2026-11-28`. */
  readonly day: string;
  readonly model: string;
};

/** Sums over all channels that ever paid this worker. */
export type MoneyReport = {
  readonly earnedNanotons: string;
  /** Signed by proxies; as good as their deposits. */
  readonly voucheredNanotons: string;
  /** In the wallet, by the channels' own books on chain. */
  readonly paidOutNanotons: string;
  /** A channel is settled by itself once so much is vouchered and not paid out. */
  readonly payoutThresholdNanotons: string;
};

export type JobReport = {
  readonly requestId: string;
  readonly model: string;
  /** `posted`: in the log. `released`: not, and nobody pays. */
  readonly state: "pending" | "posted" | "released";
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly amountNanotons: string;
  readonly atMs: number;
  readonly durationMs: number;
};

export type PayoutReport = {
  readonly channel: string;
  readonly amountNanotons: string;
  /** When it was seen on chain. */
  readonly atMs: number;
};

export type SensorReport = {
  /** "NVIDIA H200", "CPU". */
  readonly name: string;
  readonly temperatureCelsius: number | null;
  readonly utilizationPercent: number | null;
  readonly memoryUsedBytes: number | null;
  readonly memoryTotalBytes: number | null;
};

export type BenchmarkReport = {
  readonly atMs: number;
  readonly promptTokensPerSecond: number;
  readonly steps: readonly BenchmarkStep[];
};

export type BenchmarkStep = {
  /** Requests at once. */
  readonly concurrency: number;
  /** Of all together, by the engine's own count. */
  readonly completionTokensPerSecond: number;
  readonly firstTokenMs: number;
};
