// One seed: a network of its own, faults in the order that the seed decides, invariants all the time and at the end.

import { CocoonError } from "@cocoon/protocol";
import { comes, type FaultKind, rest } from "./faults/index.ts";
import type { Tallies } from "./network/load.ts";
import type { Network } from "./network/network.ts";
import { askGateway, startNetwork } from "./network/network.ts";
import type { Patch } from "./network/patch.ts";
import { schedule, type Step } from "./schedule.ts";
import { checkNow } from "./watch/invariants.ts";
import { closeChannels, findTextInMemory, missingRoles, reckon, until } from "./watch/reckoning.ts";
import { checkWholeChain } from "./watch/whole-chain.ts";
import { readVitals, type Resting, type Vitals } from "./watch/vitals.ts";

export type RunOptions = {
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
  readonly tallies: Tallies;
  readonly refusals: ReadonlyMap<string, number>;
  readonly checks: number;
  /** Of each step: from the end of its faults to the next answer. */
  readonly recoveriesMs: readonly number[];
  readonly vitalsMax: ReadonlyMap<string, Vitals>;
  /** Each role as it was when this seed's reckoning was over. */
  readonly resting: readonly Resting[];
  readonly home: string;
};

export type FaultCount = { inflicted: number; felt: number };

/** Long enough for a busy machine; the report says how long it took. */
const recoveryMaxMs = 120_000;
const checkEveryMs = 400;
/** Answers between two steps, so that each meets a network at work. */
const answersBetween = 4;

/** Runs seeds in one network, one after the other, until one breaks something; the last one's end is the network's. */
export async function runSeeds(
  seeds: readonly string[],
  options: RunOptions,
): Promise<readonly Report[]> {
  const { callers, keepsHome, planted, say } = options;
  const network = await startNetwork({ callers, planted });
  say(`all roles are up, in ${network.home}`);
  const reports: Report[] = [];
  let isWhole = false;
  try {
    for (const [index, seed] of seeds.entries()) {
      const report = await new Run(network, seed, options).finish(index + 1 === seeds.length);
      reports.push(report);
      if (report.broken.length > 0) return reports;
    }
    isWhole = true;
    return reports;
  } finally {
    await network.close(keepsHome || !isWhole);
    say("the network is ended");
  }
}

class Run {
  readonly #network: Network;
  readonly #seed: string;
  readonly #options: RunOptions;
  readonly #endingsBefore: number;
  readonly #broken = new Set<string>();
  readonly #faults = new Map<string, FaultCount>();
  readonly #recoveriesMs: number[] = [];
  readonly #vitalsMax = new Map<string, Vitals>();
  #checks = 0;
  #isOver = false;

  constructor(network: Network, seed: string, options: RunOptions) {
    this.#network = network;
    this.#seed = seed;
    this.#endingsBefore = network.endings.length;
    this.#options = options;
    for (const { kind } of options.kinds) this.#faults.set(kind, { inflicted: 0, felt: 0 });
  }

  async finish(isLast: boolean): Promise<Report> {
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
    const resting = this.#rest();
    if (isLast && this.#broken.size === 0) await this.#end();
    this.#noteEndings();
    return {
      seed: this.#seed,
      broken: [...this.#broken],
      faults: this.#faults,
      acknowledged: load.acknowledged.length,
      tallies: load.tallies,
      refusals: load.refusals,
      checks: this.#checks,
      recoveriesMs: this.#recoveriesMs,
      vitalsMax: this.#vitalsMax,
      resting,
      home: this.#network.home,
    };
  }

  /** What is broken already needs no three minutes of patience for it to be mended. */
  async #reckon(): Promise<void> {
    const { brokenMax } = this.#options;
    const { load } = this.#network;
    if (this.#broken.size >= brokenMax) return;
    this.#say(`${load.acknowledged.length} answers, the reckoning`);
    for (const fault of await reckon(this.#network)) this.#note(fault);
  }

  #rest(): Resting[] {
    return Object.values(this.#network.roles).flatMap(({ name, pid }) => {
      const vitals = pid === undefined ? undefined : readVitals(pid);
      return pid === undefined || vitals === undefined ? [] : [{ role: name, pid, vitals }];
    });
  }

  async #end(): Promise<void> {
    const { home, stop } = this.#network;
    for (const fault of await findTextInMemory(this.#network)) this.#note(fault);
    this.#say("the channels are closed, and the roles are asked to end");
    for (const fault of await closeChannels(this.#network)) this.#note(fault);
    for (const fault of await stop()) this.#note(fault);
    for (const fault of await checkWholeChain(home)) this.#note(fault);
  }

  #say(line: string): void {
    this.#options.say(`seed ${this.#seed}: ${line}`);
  }

  async #inflictAll(): Promise<void> {
    const { brokenMax, kinds, minutes, steps = Infinity } = this.#options;
    const endMs = performance.now() + minutes * 60_000;
    let done = 0;
    for (const step of schedule(this.#seed, kinds)) {
      if (done >= steps || performance.now() >= endMs || this.#broken.size >= brokenMax) return;
      await this.#inflict(step);
      done += 1;
    }
  }

  async #inflict(step: Step): Promise<void> {
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
    if (tookMs === undefined) {
      const told = [...load.refusals].map(([refusal, count]) => `${count} ${refusal}`).join(", ");
      this.#note(
        `no answer ${recoveryMaxMs / 1_000} s after ${what}; ${load.underWay} wait, told were: ${told}`,
      );
    }
    if (tookMs !== undefined) this.#recoveriesMs.push(tookMs);
    const feeling = felt.map((isFelt) => (isFelt ? "felt" : "not felt")).join(", ");
    this.#say(`${what}: ${feeling}, answers again after ${Math.round(tookMs ?? Infinity)} ms`);
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
    for (const { code, how, role } of this.#network.endings.slice(this.#endingsBefore)) {
      if (code === undefined || code === "internal") this.#note(`${role} crashed: ${code ?? how}`);
    }
  }

  #note(what: string): void {
    if (this.#broken.has(what)) return;
    this.#broken.add(what);
    this.#say(`BROKEN: ${what}`);
  }
}

function isAway(error: unknown): boolean {
  if (error instanceof CocoonError) return error.code.startsWith("chain_");
  const text = String(error instanceof Error ? error.message : error);
  return /SQLITE_|database|fetch failed|unable to open/i.test(text);
}
