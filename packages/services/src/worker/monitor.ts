// What a worker's owner is told: how it stands, and when no work comes, why.

import {
  compareIdleCodes,
  type ErrorCode,
  type EarningsReport,
  type IdleCode,
  type IdleReport,
  idleTable,
  type MoneyReport,
  type ProxyLinkReport,
  type RawAddress,
  type WorkerReport,
} from "@cocoon/protocol";
import type { EngineLoad } from "../engine/index.ts";
import { dialIdleCode, ownIdleCode, refusalIdleCode } from "./idle-of.ts";
import { TokenMeter } from "./token-meter.ts";

/** What is known of a worker only while it runs; each part is read when somebody asks. */
export type MonitorSources = {
  readonly load: () => EngineLoad;
  readonly today: () => EarningsReport;
  readonly money: () => MoneyReport;
};

/** What was found out once, and may be found out again. */
export type MonitorFacts = Pick<
  WorkerReport,
  "workerId" | "tier" | "model" | "engine" | "ask" | "wallet" | "bond" | "benchmark" | "sensors"
>;

type Fault = { readonly sinceMs: number; readonly detail: string | null };

const noEarnings: EarningsReport = {
  answers: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  earnedNanotons: "0",
  pendingNanotons: "0",
  lostNanotons: "0",
};
const noMoney: MoneyReport = {
  earnedNanotons: "0",
  voucheredNanotons: "0",
  paidOutNanotons: "0",
  payoutThresholdNanotons: "0",
};

export class WorkerMonitor {
  readonly meter: TokenMeter;
  readonly #now: () => number;
  readonly #networkId: number;
  readonly #startedAtMs: number;
  readonly #faults = new Map<IdleCode, Fault>();
  readonly #links = new Map<RawAddress, ProxyLinkReport>();
  readonly #listeners = new Set<() => void>();
  /** Since when a reason that follows from other things holds. */
  #derived = new Map<IdleCode, number>();
  #sources: MonitorSources | undefined;
  #facts: MonitorFacts = {
    workerId: null,
    tier: null,
    model: null,
    engine: null,
    ask: null,
    wallet: null,
    bond: null,
    benchmark: null,
    sensors: [],
  };

  constructor({ networkId, now }: { readonly networkId: number; readonly now: () => number }) {
    this.#networkId = networkId;
    this.#now = now;
    this.#startedAtMs = now();
    this.meter = new TokenMeter(now);
    this.fault("starting");
  }

  /** Calls back when the next report says something else than the last; returns how to stop. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Something keeps work away until mend() is called. */
  fault(code: IdleCode, detail: string | null = null): void {
    const known = this.#faults.get(code);
    if (known?.detail === detail) return;
    this.#faults.set(code, { sinceMs: known?.sinceMs ?? this.#now(), detail });
    this.changed();
  }

  mend(...codes: readonly IdleCode[]): void {
    const mended = codes.filter((code) => this.#faults.delete(code));
    if (mended.length > 0) this.changed();
  }

  /** Nothing that was found before the worker runs holds any more. */
  mendAll(): void {
    this.mend(...this.#faults.keys());
  }

  /** This is the one thing that keeps work away. */
  mendOthers(but: IdleCode): void {
    this.mend(...[...this.#faults.keys()].filter((code) => code !== but));
  }

  know(facts: Partial<MonitorFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
    this.changed();
  }

  /** Where what changes all the time is read; undefined when the worker stopped. */
  follow(sources: MonitorSources | undefined): void {
    this.#sources = sources;
    if (sources === undefined) this.#links.clear();
    this.changed();
  }

  /** How a connection to a proxy stands. A refusal stands until the proxy offers this worker, or cannot be reached. */
  link(bond: RawAddress, phase: ProxyLinkReport["phase"], code: ErrorCode | null = null): void {
    const known = this.#links.get(bond);
    if (known?.phase === phase && known.code === code) return;
    if (phase === "connecting" && known?.phase === "refused") return;
    this.#links.set(bond, { bond, phase, code, sinceMs: this.#now() });
    this.changed();
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  report(): WorkerReport {
    const load = this.#sources?.load() ?? { active: 0, queued: 0, slots: 0 };
    const reasons = load.active > 0 ? [] : this.#reasons();
    const { active, queued, slots } = load;
    return {
      atMs: this.#now(),
      startedAtMs: this.#startedAtMs,
      activity: activityOf(active, reasons),
      reasons,
      networkId: this.#networkId,
      ...this.#facts,
      load: { active, queued, slots },
      tokensPerSecond: this.meter.tokensPerSecond,
      proxies: [...this.#links.values()],
      today: this.#sources?.today() ?? noEarnings,
      money: this.#sources?.money() ?? noMoney,
    };
  }

  #reasons(): IdleReport[] {
    const faults = [...this.#faults].map(([code, fault]) => reasonOf(code, fault));
    const found = faults.length > 0 ? faults : this.#derive();
    return found.toSorted((left, right) => compareIdleCodes(left.code, right.code));
  }

  /** What follows from how the connections stand. One that is offered is enough for work to come. */
  #derive(): IdleReport[] {
    const links = [...this.#links.values()];
    const isOffered = links.some(({ phase }) => phase === "offered");
    const found = isOffered ? [waiting] : links.flatMap(linkReason);
    if (links.length === 0) {
      // Without sources it has not begun, or has stopped.
      const code = this.#sources === undefined ? "starting" : "proxy_unknown";
      found.push({ code, detail: null });
    }
    const nowMs = this.#now();
    this.#derived = new Map(
      found.map(({ code }) => [code, this.#derived.get(code) ?? nowMs] as const),
    );
    return [...this.#derived].map(([code, sinceMs]) => {
      const detail = found.find((reason) => reason.code === code)?.detail ?? null;
      return reasonOf(code, { sinceMs, detail });
    });
  }
}

type Found = { readonly code: IdleCode; readonly detail: string | null };

const waiting: Found = { code: "no_demand", detail: null };

function linkReason({ phase, code }: ProxyLinkReport): readonly Found[] {
  switch (phase) {
    case "offered":
      return [];
    case "withdrawn":
      return [{ code: ownIdleCode(code ?? "internal"), detail: code }];
    case "connecting":
      return [{ code: "starting", detail: null }];
    case "refused":
      return [{ code: refusalIdleCode(code ?? "internal"), detail: code }];
    case "unreachable":
      return [{ code: dialIdleCode(code ?? "internal"), detail: code }];
  }
}

function reasonOf(code: IdleCode, fault: Fault): IdleReport {
  return { code, ...idleTable[code], ...fault };
}

function activityOf(active: number, reasons: readonly IdleReport[]): WorkerReport["activity"] {
  if (active > 0) return "working";
  return reasons.some(({ isBlocking }) => isBlocking) ? "blocked" : "idle";
}
