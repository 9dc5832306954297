// The workers connected to this proxy, and what each offers now.

import {
  type Announcement,
  type AttestedWorker,
  type BondVouch,
  type Load,
  type RawAddress,
  type WorkerAsk,
} from "@cocoon/protocol";
import type { Peer } from "@cocoon/sdk";
import type { Candidate } from "./pick-worker.ts";
import { type PlatformUse, requireOwnPlatform } from "./shared-platform.ts";

/** A worker whose evidence this proxy has verified. Clients verify it again: they need not trust the proxy. */
export type ConnectedWorker = {
  /** Worker id, hex. */
  readonly id: string;
  readonly peer: Peer;
  readonly attested: AttestedWorker;
  readonly bundle: Uint8Array;
  readonly keyConfig: Uint8Array;
  readonly asks: readonly WorkerAsk[];
  readonly payout: RawAddress;
  /** Of the worker's bond for its identity key. */
  readonly vouch: BondVouch | undefined;
};

/** Weight of the newest answer in the smoothed speed. */
const speedWeight = 0.2;
/** How long a worker is passed over after a failure; doubled with each more in a row. */
const suspectMs = 1_000;
const suspectMaxMs = 60_000;

/** One offer of one worker. It changes in place as load and speed do, so that a choice reads it and copies nothing. */
type Entry = { -readonly [Field in keyof Candidate]: Candidate[Field] } & {
  readonly model: string;
  readonly claimsHash: string;
  readonly contextTokens: number;
};

type Standing = {
  worker: ConnectedWorker;
  entries: readonly Entry[];
  /** Jobs that this proxy has there. */
  active: number;
  /** Jobs that the worker says it has, other proxies' included. */
  load: Load;
  tokensPerSecond: number | undefined;
  /** Jobs that it failed since it last answered one. */
  failures: number;
  suspectUntilMs: number;
};

const unseen = {
  active: 0,
  load: { active: 0, queued: 0 },
  tokensPerSecond: undefined,
  failures: 0,
  suspectUntilMs: 0,
};

export class WorkerDirectory {
  readonly #standings = new Map<string, Standing>();
  /** Workers by the machines and GPUs that they run on. */
  readonly #users = new Map<string, readonly ConnectedWorker[]>();
  /** All offers by model. */
  readonly #crowds = new Map<string, readonly Candidate[]>();
  /** Evidence by claims hash, kept while its worker is connected: clients fetch it once. */
  readonly #bundles = new Map<string, Uint8Array>();

  /** Throws platform_shared where a worker's hardware already serves for somebody else. */
  requireOwnPlatform(worker: ConnectedWorker): void {
    const newcomer = platformUseOf(worker);
    const users = newcomer.platformIds.flatMap((id) => this.#users.get(id) ?? []);
    requireOwnPlatform(newcomer, users.map(platformUseOf));
  }

  /** Adds a worker or takes its newer announcement; its standing stays. Throws platform_shared. */
  announce(worker: ConnectedWorker): void {
    this.requireOwnPlatform(worker);
    const known = this.#standings.get(worker.id);
    if (known !== undefined) this.#withdraw(known);
    const entries = worker.asks.map((ask) => entryOf(worker, ask));
    const standing = { ...(known ?? unseen), worker, entries };
    this.#standings.set(worker.id, standing);
    this.#bundles.set(worker.attested.claimsHash, worker.bundle);
    for (const id of platformUseOf(worker).platformIds) {
      this.#users.set(id, [...(this.#users.get(id) ?? []), worker]);
    }
    for (const entry of entries) {
      this.#crowds.set(entry.model, [...this.candidates(entry.model), entry]);
    }
    refresh(standing);
  }

  /** Removes a worker, unless it has come back over another connection. */
  remove(id: string, peer: Peer): void {
    const known = this.#standings.get(id);
    if (known === undefined || known.worker.peer !== peer) return;
    this.#withdraw(known);
    this.#standings.delete(id);
  }

  find(id: string): ConnectedWorker | undefined {
    return this.#standings.get(id)?.worker;
  }

  connected(): readonly ConnectedWorker[] {
    return [...this.#standings.values()].map(({ worker }) => worker);
  }

  bundle(claimsHash: string): Uint8Array | undefined {
    return this.#bundles.get(claimsHash);
  }

  /** The offers of a model, as they are at any moment. */
  candidates(model: string): readonly Candidate[] {
    return this.#crowds.get(model) ?? [];
  }

  /** Every offer of every worker. */
  list(): readonly Readonly<Entry>[] {
    return [...this.#standings.values()].flatMap(({ entries }) => entries);
  }

  reportLoad(id: string, load: Load): void {
    const standing = this.#standings.get(id);
    if (standing === undefined) return;
    standing.load = load;
    refresh(standing);
  }

  jobStarted(id: string): void {
    const standing = this.#standings.get(id);
    if (standing === undefined) return;
    standing.active += 1;
    refresh(standing);
  }

  /** A job ended; with what it produced when it was answered. */
  jobEnded(id: string, answer?: Answer): void {
    const standing = this.#standings.get(id);
    if (standing === undefined) return;
    standing.active = Math.max(0, standing.active - 1);
    if (answer !== undefined) {
      standing.failures = 0;
      standing.suspectUntilMs = 0;
      standing.tokensPerSecond = smoothedSpeed(standing.tokensPerSecond, answer);
    }
    refresh(standing);
  }

  /** A job failed by the worker's own fault: one that fails at once would otherwise look like the least busy of all. */
  jobFailed(id: string, nowMs: number): void {
    const standing = this.#standings.get(id);
    if (standing === undefined) return;
    standing.suspectUntilMs = nowMs + Math.min(suspectMaxMs, suspectMs * 2 ** standing.failures);
    standing.failures += 1;
    refresh(standing);
  }

  #withdraw({ worker, entries }: Standing): void {
    this.#bundles.delete(worker.attested.claimsHash);
    for (const id of platformUseOf(worker).platformIds) {
      const others = this.#users.get(id)?.filter((user) => user !== worker) ?? [];
      if (others.length === 0) this.#users.delete(id);
      else this.#users.set(id, others);
    }
    for (const { model } of entries) {
      const others = this.candidates(model).filter((candidate) => candidate.worker !== worker.id);
      if (others.length === 0) this.#crowds.delete(model);
      else this.#crowds.set(model, others);
    }
  }
}

type Answer = { readonly tokens: number; readonly durationMs: number };

function smoothedSpeed(before: number | undefined, { tokens, durationMs }: Answer) {
  if (tokens === 0) return before;
  const seen = (1_000 * tokens) / Math.max(1, durationMs);
  return before === undefined ? seen : before + speedWeight * (seen - before);
}

function entryOf({ id, attested }: ConnectedWorker, ask: WorkerAsk): Entry {
  return {
    worker: id,
    claimsHash: attested.claimsHash,
    tier: attested.tier,
    model: ask.model,
    promptPerMillion: ask.promptPerMillion,
    completionPerMillion: ask.completionPerMillion,
    contextTokens: ask.contextTokens,
    slots: ask.slots,
    capabilities: ask.capabilities,
    active: 0,
    tokensPerSecond: undefined,
    suspectUntilMs: 0,
    expiresAtMs: attested.expiresAtMs,
  };
}

/** Brings what a worker offers up to date with how it stands. */
function refresh({ entries, active, load, tokensPerSecond, suspectUntilMs }: Standing): void {
  for (const entry of entries) {
    entry.active = Math.max(active, load.active + load.queued);
    entry.tokensPerSecond = tokensPerSecond;
    entry.suspectUntilMs = suspectUntilMs;
  }
}

function platformUseOf({ id, payout, attested }: ConnectedWorker): PlatformUse {
  return { id, payout, platformIds: [attested.platformId, ...attested.gpuIds] };
}

/** The worker that an announcement and its verified evidence describe. */
export function connectedWorker(
  peer: Peer,
  attested: AttestedWorker,
  announcement: Announcement,
): ConnectedWorker {
  const { bundle, keyConfig, asks, payout, vouch } = announcement;
  return { id: attested.claims.workerId, peer, attested, bundle, keyConfig, asks, payout, vouch };
}
