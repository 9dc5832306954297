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

type Standing = {
  worker: ConnectedWorker;
  /** Jobs that this proxy has there. */
  active: number;
  /** Jobs that the worker says it has, other proxies' included. */
  load: Load;
  tokensPerSecond: number | undefined;
  /** Jobs that it failed since it last answered one. */
  failures: number;
  suspectUntilMs: number;
};

/** One offer of one worker. */
type Entry = Omit<Candidate, "isSuspect"> & {
  readonly model: string;
  readonly claimsHash: string;
  readonly expiresAtMs: number;
  readonly suspectUntilMs: number;
  readonly contextTokens: number;
};

export class WorkerDirectory {
  readonly #standings = new Map<string, Standing>();
  /** Evidence by claims hash, kept while its worker is connected: clients fetch it once. */
  readonly #bundles = new Map<string, Uint8Array>();

  /** Throws platform_shared where a worker's hardware already serves for somebody else. */
  requireOwnPlatform(worker: ConnectedWorker): void {
    requireOwnPlatform(platformUseOf(worker), this.connected().map(platformUseOf));
  }

  /** Adds a worker or takes its newer announcement; its standing stays. Throws platform_shared. */
  announce(worker: ConnectedWorker): void {
    this.requireOwnPlatform(worker);
    const known = this.#standings.get(worker.id);
    if (known !== undefined) this.#forgetBundle(known.worker);
    this.#bundles.set(worker.attested.claimsHash, worker.bundle);
    this.#standings.set(worker.id, {
      active: known?.active ?? 0,
      load: known?.load ?? { active: 0, queued: 0 },
      tokensPerSecond: known?.tokensPerSecond,
      failures: known?.failures ?? 0,
      suspectUntilMs: known?.suspectUntilMs ?? 0,
      worker,
    });
  }

  /** Removes a worker, unless it has come back over another connection. */
  remove(id: string, peer: Peer): void {
    const known = this.#standings.get(id);
    if (known === undefined || known.worker.peer !== peer) return;
    this.#forgetBundle(known.worker);
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

  /** The offers of a model whose evidence is still valid. */
  candidates(model: string, nowMs: number): Candidate[] {
    return this.list()
      .filter((entry) => entry.model === model && entry.expiresAtMs > nowMs)
      .map(({ suspectUntilMs, ...entry }) => ({ ...entry, isSuspect: suspectUntilMs > nowMs }));
  }

  /** Every offer of every worker, for the choice and for the status page. */
  list(): Entry[] {
    return [...this.#standings.values()].flatMap((standing) => {
      const { worker, load } = standing;
      return worker.asks.map((ask) => {
        return {
          worker: worker.id,
          claimsHash: worker.attested.claimsHash,
          tier: worker.attested.tier,
          model: ask.model,
          promptPerMillion: ask.promptPerMillion,
          completionPerMillion: ask.completionPerMillion,
          contextTokens: ask.contextTokens,
          slots: ask.slots,
          capabilities: ask.capabilities,
          active: Math.max(standing.active, load.active + load.queued),
          tokensPerSecond: standing.tokensPerSecond,
          expiresAtMs: worker.attested.expiresAtMs,
          suspectUntilMs: standing.suspectUntilMs,
        };
      });
    });
  }

  reportLoad(id: string, load: Load): void {
    const standing = this.#standings.get(id);
    if (standing !== undefined) standing.load = load;
  }

  jobStarted(id: string): void {
    const standing = this.#standings.get(id);
    if (standing !== undefined) standing.active += 1;
  }

  /** A job ended; with what it produced when it was answered. */
  jobEnded(id: string, answer?: { readonly tokens: number; readonly durationMs: number }): void {
    const standing = this.#standings.get(id);
    if (standing === undefined) return;
    standing.active = Math.max(0, standing.active - 1);
    if (answer === undefined) return;
    standing.failures = 0;
    standing.suspectUntilMs = 0;
    if (answer.tokens === 0) return;
    const seen = (1_000 * answer.tokens) / Math.max(1, answer.durationMs);
    const before = standing.tokensPerSecond ?? seen;
    standing.tokensPerSecond = before + speedWeight * (seen - before);
  }

  /** A job failed by the worker's own fault: one that fails at once would otherwise look like the least busy of all. */
  jobFailed(id: string, nowMs: number): void {
    const standing = this.#standings.get(id);
    if (standing === undefined) return;
    standing.suspectUntilMs = nowMs + Math.min(suspectMaxMs, suspectMs * 2 ** standing.failures);
    standing.failures += 1;
  }

  #forgetBundle(worker: ConnectedWorker): void {
    this.#bundles.delete(worker.attested.claimsHash);
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
