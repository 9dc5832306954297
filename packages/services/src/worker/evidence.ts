// The worker's evidence, kept fresh: a new bundle before the old one lapses, and the old one honoured for a while.

import {
  type AttestedWorker,
  type Attester,
  CocoonError,
  type Policy,
  type RawAddress,
  type TrustProfile,
  verifyBundle,
} from "@cocoon/protocol";
import type { Logger } from "../observe/index.ts";
import { type BuiltBundle, buildBundle, renewAtMs, type WorkerIdentity } from "../tee/index.ts";

export type EvidenceOptions = {
  readonly attester: Attester;
  readonly identity: WorkerIdentity;
  readonly networkId: number;
  readonly rootAddress: RawAddress;
  readonly payout: RawAddress;
  readonly manifestHash: string;
  readonly engineHash: string;
  readonly policy: () => Promise<Policy>;
  readonly profiles: readonly TrustProfile[];
  readonly now: () => number;
  readonly logger: Logger;
};

/** A failed renewal is tried again after this. */
const retryMs = 30_000;
/** Clients that were just offered the evidence before may still send. */
const kept = 2;

export class EvidenceKeeper {
  readonly #options: EvidenceOptions;
  readonly #listeners = new Set<() => void>();
  #bundles: readonly BuiltBundle[] = [];
  #attested: AttestedWorker;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: EvidenceOptions, first: BuiltBundle, attested: AttestedWorker) {
    this.#options = options;
    this.#bundles = [first];
    this.#attested = attested;
    this.#schedule(renewAtMs(attested) - options.now());
  }

  /** Makes the first bundle, and verifies it as a client would: a worker that would be refused learns why here. */
  static async open(options: EvidenceOptions): Promise<EvidenceKeeper> {
    const { bundle, attested } = await make(options);
    return new EvidenceKeeper(options, bundle, attested);
  }

  get bundle(): Uint8Array {
    const [newest] = this.#bundles;
    if (newest === undefined) throw new CocoonError("internal");
    return newest.bytes;
  }

  get attested(): AttestedWorker {
    return this.#attested;
  }

  /** The claims that requests may name, hex. */
  get claimsHashes(): ReadonlySet<string> {
    return new Set(this.#bundles.map((bundle) => bundle.claimsHash));
  }

  /** Calls back after each renewal; returns how to stop. */
  onRenewed(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => void this.#renew(), Math.max(0, delayMs));
  }

  async #renew(): Promise<void> {
    const { logger, now } = this.#options;
    try {
      const { bundle, attested } = await make(this.#options);
      this.#bundles = [bundle, ...this.#bundles].slice(0, kept);
      this.#attested = attested;
      logger.event("evidence_renewed", { claimsHash: bundle.claimsHash });
      for (const listener of this.#listeners) listener();
      this.#schedule(renewAtMs(attested) - now());
    } catch (error) {
      logger.warn("evidence_not_renewed", {
        code: error instanceof CocoonError ? error.code : "internal",
      });
      this.#schedule(retryMs);
    }
  }
}

async function make(
  options: EvidenceOptions,
): Promise<{ readonly bundle: BuiltBundle; readonly attested: AttestedWorker }> {
  const nowMs = options.now();
  const bundle = await buildBundle({ ...options, nowMs });
  const attested = await verifyBundle(bundle.bytes, {
    policy: await options.policy(),
    profiles: options.profiles,
    nowMs,
    expect: { tier: "dev", workerId: bundle.claims.workerId, manifestHash: options.manifestHash },
  });
  return { bundle, attested };
}
