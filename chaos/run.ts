// One seed: a network of its own, faults in the order that the seed decides, invariants all the time and at the end.

import { comes, type FaultKind, rest } from "./faults/index.ts";
import type { Load } from "./network/load.ts";
import type { Network } from "./network/network.ts";
import { askGateway, startNetwork } from "./network/network.ts";
import type { Patch } from "./network/patch.ts";
import { schedule, type Step } from "./schedule.ts";
import { checkNow } from "./watch/invariants.ts";
import { missingRoles, reckon, until } from "./watch/reckoning.ts";
import { readVitals, type Vitals } from "./watch/vitals.ts";

export type RunOptions = {
  readonly seed: string;
  readonly kinds: readonly FaultKind[];
  /** Faults are inflicted for at least so long, or, with a count, until there were so many steps. */
  readonly minutes: number;
  readonly steps: number | undefined;
  readonly callers: number;
  readonly planted: readonly Patch[];
  /** No more faults come once so much is broken. */
  readonly brokenMax: number;
  readonly say: (line: string) => void;
  readonly keepsHome: boolean;
};

export type Report = {
  readonly seed: string;
  /** What was broken, one sentence each; empty when all held. */
  readonly broken: readonly string[];
  /** By kind: how often it was inflicted, and how often provably felt. */
  readonly faults: ReadonlyMap<string, FaultCount>;
  readonly acknowledged: number;
  readonly tallies: Load["tallies"];
  readonly refusals: ReadonlyMap<string, number>;
  readonly checks: number;
  /** Of each step: from the end of its faults to the next answer. */
  readonly recoveriesMs: readonly number[];
  readonly vitalsMax: ReadonlyMap<string, Vitals>;
  readonly home: string;
};

export type FaultCount = { inflicted: number; felt: number };

/** Long enough for a busy machine; the report says how long it took. */
const recoveryMaxMs = 120_000;
const checkEveryMs = 400;
/** Answers between two steps, so that each meets a network at work. */
const answersBetween = 4;

export async function runSeed(options: RunOptions): Promise<Report> {
  const { callers, keepsHome, planted, say } = options;
  const network = await startNetwork({ callers, planted });
  say(`seed ${options.seed}: all roles are up, in ${network.home}`);
  const run = new Run(network, options);
  let isWhole = false;
  try {
    const report = await run.finish();
    isWhole = report.broken.length === 0;
    return report;
  } finally {
    await network.close(keepsHome || !isWhole);
    say(`seed ${options.seed}: the network is ended`);
  }
}

class Run {
  readonly #network: Network;
  readonly #options: RunOptions;
  readonly #broken = new Set<string>();
  readonly #faults = new Map<string, FaultCount>();
  readonly #recoveriesMs: number[] = [];
  readonly #vitalsMax = new Map<string, Vitals>();
  #checks = 0;
  #isOver = false;

  constructor(network: Network, options: RunOptions) {
    this.#network = network;
    this.#options = options;
    for (const { kind } of options.kinds) this.#faults.set(kind, { inflicted: 0, felt: 0 });
  }

  async finish(): Promise<Report> {
    const { load } = this.#network;
    load.start();
    await this.#recover();
    const watching = this.#watch();
    await this.#inflictAll();
    await load.stop();
    await until(() => Promise.resolve(missingRoles(this.#network).join(", ") || undefined));
    await until(async () =>
      (await askGateway(this.#network, "/healthz")).boolean("ready") ? undefined : "no",
    );
    this.#isOver = true;
    await watching;
    await this.#check();
    await this.#reckon();
    this.#noteEndings();
    return {
      seed: this.#options.seed,
      broken: [...this.#broken],
      faults: this.#faults,
      acknowledged: load.acknowledged.length,
      tallies: load.tallies,
      refusals: load.refusals,
      checks: this.#checks,
      recoveriesMs: this.#recoveriesMs,
      vitalsMax: this.#vitalsMax,
      home: this.#network.home,
    };
  }

  /** What is broken already needs no three minutes of patience for it to be mended. */
  async #reckon(): Promise<void> {
    const { brokenMax, say, seed } = this.#options;
    if (this.#broken.size >= brokenMax) return;
    say(`seed ${seed}: ${this.#network.load.acknowledged.length} answers, the reckoning`);
    for (const fault of await reckon(this.#network)) this.#note(fault);
    say(`seed ${seed}: everything was looked at, the roles are asked to end`);
    for (const fault of await this.#network.stop()) this.#note(fault);
  }

  async #inflictAll(): Promise<void> {
    const { brokenMax, kinds, minutes, seed, steps = Infinity } = this.#options;
    const endMs = performance.now() + minutes * 60_000;
    let done = 0;
    for (const step of schedule(seed, kinds)) {
      if (done >= steps || performance.now() >= endMs || this.#broken.size >= brokenMax) return;
      await this.#inflict(step);
      done += 1;
    }
  }

  async #inflict(step: Step): Promise<void> {
    const { say, seed } = this.#options;
    const what = step.map((fault) => `${fault.kind} (${fault.what})`).join(" and ");
    const { load } = this.#network;
    load.enter("beside faults");
    const felt = await Promise.all(step.map((fault) => fault.inflict(this.#network)));
    for (const [index, { kind }] of step.entries()) {
      const count = this.#faults.get(kind);
      if (count === undefined) continue;
      count.inflicted += 1;
      if (felt[index] === true) count.felt += 1;
    }
    const tookMs = await this.#recover();
    if (tookMs === undefined) this.#note(`no answer ${recoveryMaxMs / 1_000} s after ${what}`);
    else this.#recoveriesMs.push(tookMs);
    const feeling = felt.map((isFelt) => (isFelt ? "felt" : "not felt")).join(", ");
    say(
      `seed ${seed}: ${what}: ${feeling}, answers again after ${Math.round(tookMs ?? Infinity)} ms`,
    );
  }

  /** Waits until answers flow that were begun since. Returns how long the first took. */
  async #recover(): Promise<number | undefined> {
    const { load } = this.#network;
    const sinceMs = performance.now();
    const before = load.acknowledged.length;
    if (!(await comes(() => load.acknowledged.length > before, recoveryMaxMs))) return undefined;
    const tookMs = performance.now() - sinceMs;
    load.enter("between faults");
    const enough = before + answersBetween;
    if (!(await comes(() => load.acknowledged.length >= enough, recoveryMaxMs))) return undefined;
    return tookMs;
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      await this.#check();
      await rest(checkEveryMs);
    }
  }

  async #check(): Promise<void> {
    const { home, load, plan, roles } = this.#network;
    for (const role of Object.values(roles)) this.#measure(role.name, role.pid);
    for (const fault of load.faults) this.#note(fault);
    const isChainUp = roles.devnet.pid !== undefined && !roles.devnet.isPaused;
    try {
      for (const fault of await checkNow(home, isChainUp ? plan.chain : undefined))
        this.#note(fault);
      this.#checks += 1;
    } catch (error) {
      // The chain, or a database, was taken away while it was asked.
      if (!isAway(error)) throw error;
    }
  }

  #measure(name: string, pid: number | undefined): void {
    const vitals = pid === undefined ? undefined : readVitals(pid);
    if (vitals === undefined) return;
    const most = this.#vitalsMax.get(name) ?? { memoryBytes: 0, handles: 0, sockets: 0 };
    this.#vitalsMax.set(name, {
      memoryBytes: Math.max(most.memoryBytes, vitals.memoryBytes),
      handles: Math.max(most.handles, vitals.handles),
      sockets: Math.max(most.sockets, vitals.sockets),
    });
  }

  /** A role may end by itself for a disk that is full, with that code; without a word it may not. */
  #noteEndings(): void {
    for (const { code, how, role } of this.#network.endings) {
      if (code === undefined || code === "internal") this.#note(`${role} crashed: ${code ?? how}`);
    }
  }

  #note(what: string): void {
    if (this.#broken.has(what)) return;
    this.#broken.add(what);
    this.#options.say(`seed ${this.#options.seed}: BROKEN: ${what}`);
  }
}

function isAway(error: unknown): boolean {
  const text = String(error instanceof Error ? error.message : error);
  return /chain_|SQLITE_|database|fetch failed|not a database|unable to open/i.test(text);
}
