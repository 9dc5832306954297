// The worker's evidence, kept fresh: a new bundle before the old one lapses, and the old one honoured for a while.

import {
  type AttestedWorker,
  type Attester,
  CocoonError,
  type ErrorCode,
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
  /** A failed renewal is tried again after this. Default 30 s. */
  readonly retryMs?: number;
};

const retryMsDefault = 30_000;
/** Evidence that is good for moments is not renewed more often than this. */
const renewMsMin = 1_000;
/** Clients that were just offered the evidence before may still send. */
const kept = 2;

export class EvidenceKeeper {
  readonly #options: EvidenceOptions;
  readonly #listeners = new Set<() => void>();
  #bundles: readonly BuiltBundle[] = [];
  #attested: AttestedWorker;
  /** Why there is no evidence that is good now. */
  #lapse: ErrorCode | undefined;
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

  /** Why nothing may be offered now, or undefined while the evidence is good. */
  get lapse(): ErrorCode | undefined {
    return this.#lapse;
  }

  /** Calls back after each renewal, and when the evidence lapsed without one; returns how to stop. */
  onChanged(listener: () => void): () => void {
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
      this.#lapse = undefined;
      logger.event("evidence_renewed", { claimsHash: bundle.claimsHash });
      this.#notify();
      this.#schedule(Math.max(renewMsMin, renewAtMs(attested) - now()));
    } catch (error) {
      const code = error instanceof CocoonError ? error.code : "internal";
      logger.warn("evidence_not_renewed", { code });
      this.#retry(code);
    }
  }

  /** The moment at which the evidence lapses is not slept through. */
  #retry(code: ErrorCode): void {
    const { logger, now, retryMs = retryMsDefault } = this.#options;
    const leftMs = this.#attested.expiresAtMs - now();
    if (leftMs >= 0) {
      this.#schedule(Math.min(retryMs, leftMs + 1));
      return;
    }
    const isNews = this.#lapse === undefined;
    this.#lapse = code;
    if (isNews) {
      logger.error("evidence_lapsed", { code });
      this.#notify();
    }
    this.#schedule(retryMs);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

async function make(
  options: EvidenceOptions,
): Promise<{ readonly bundle: BuiltBundle; readonly attested: AttestedWorker }> {
  const policy = await options.policy();
  const nowMs = options.now();
  const evaluationMin = evaluationMinOf(policy, options.attester.imageHash);
  const bundle = await buildBundle({ ...options, nowMs, evaluationMin });
  const attested = await verifyBundle(bundle.bytes, {
    policy,
    profiles: options.profiles,
    nowMs,
    expect: { tier: "dev", workerId: bundle.claims.workerId, manifestHash: options.manifestHash },
  });
  return { bundle, attested };
}

/** Of the policy, and of the image where that is higher. */
function evaluationMinOf(policy: Policy, imageHash: string): number {
  const { evaluationMin = 0 } = policy.measurements.get(imageHash) ?? {};
  return Math.max(policy.tcbEvaluationFloor, evaluationMin);
}
