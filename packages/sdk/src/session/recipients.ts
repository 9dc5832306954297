// From an offer to those that a request is sealed to: each verified by the client itself, whatever the proxy says of it.

import {
  type AttestedWorker,
  CocoonError,
  encodeMessage,
  equalBytes,
  type EvidenceCache,
  fromHex,
  type KeyConfig,
  type Offer,
  type OfferedWorker,
  openKeyConfig,
  requireInTime,
  requireSuite,
  suiteDefault,
  type Policy,
  recipientsMax,
  toHex,
  type TrustProfile,
  type VerifyOptions,
} from "@cocoon/protocol";
import type { RequireWorkerBond } from "../chain/index.ts";
import type { Wish } from "./wish.ts";

/** A worker that the client has verified: what is sealed to it, and what its answer costs. */
export type Recipient = {
  readonly offered: OfferedWorker;
  readonly worker: AttestedWorker;
  /** Its evidence as it came: a proof needs it whole. */
  readonly bundle: Uint8Array;
  readonly key: KeyConfig;
};

export type RecipientOptions = {
  /** What the root contract allows now; throws policy_stale or chain_* when that can't be told. */
  readonly policy: () => Promise<Policy>;
  readonly profiles: readonly TrustProfile[];
  /** Checks the bond of a worker that no hardware vouches for. Without it, the tier `open` is refused. */
  readonly requireBond?: RequireWorkerBond;
  /** Evidence verified before; shared by all sessions of a client. */
  readonly evidence: EvidenceCache;
  readonly now: () => number;
  /** Asks the proxy for a bundle: an encoded GETEVIDENCE. */
  readonly fetch: (getEvidence: Uint8Array) => Promise<Uint8Array>;
};

/** One bundle is about 30 KiB: 256 of them are 8 MiB. */
const bundlesMax = 256;
/** 2.5 KiB each. */
const keysMax = 1_024;

export class Recipients {
  readonly #options: RecipientOptions;
  /** Evidence bundles as they came, by claims hash. */
  readonly #bundles = new Map<string, Uint8Array>();
  readonly #fetching = new Map<string, Promise<Uint8Array>>();
  /** The last key that each worker offered, by claims hash. */
  readonly #keys = new Map<string, { readonly keyConfig: Uint8Array; readonly key: KeyConfig }>();

  constructor(options: RecipientOptions) {
    this.#options = options;
  }

  /**
   * Those of an offer that hold, in its order, all of one suite: at least one. Throws what is wrong with the first when
   * none does. The others are looked at beside it: their evidence costs the request no time.
   */
  async verify(wish: Wish, offer: Offer): Promise<readonly Recipient[]> {
    const policy = await this.#options.policy();
    const offered = [offer, ...offer.alternates].slice(0, recipientsMax);
    const judged = await Promise.allSettled(
      offered.map((worker) => this.#verifyOne(wish, worker, policy)),
    );
    const accepted = judged.flatMap((result) =>
      result.status === "fulfilled" ? [result.value] : [],
    );
    const [first] = accepted;
    if (first === undefined) throw refusalIn(judged);
    const kids = new Set<string>();
    return accepted.filter(({ key }) => {
      const kid = toHex(key.kid);
      const isNew = !kids.has(kid);
      kids.add(kid);
      return isNew && key.suite === first.key.suite;
    });
  }

  /** Fetches and verifies evidence before it is needed. Throws what is wrong with it. */
  async prepare(claimsHash: string, expect: VerifyOptions["expect"]): Promise<void> {
    await this.#evidenceOf(claimsHash, await this.#verifyOptions(expect));
  }

  /** The order of checks is that of spec chapter 2: policy, evidence, price, key. */
  async #verifyOne(wish: Wish, offered: OfferedWorker, policy: Policy): Promise<Recipient> {
    if (offered.worker !== (wish.worker ?? offered.worker)) {
      throw new CocoonError("offer_mismatch", { field: "worker" });
    }
    const isDearer =
      offered.promptPerMillion > (wish.promptPerMillionMax ?? offered.promptPerMillion) ||
      offered.completionPerMillion > (wish.completionPerMillionMax ?? offered.completionPerMillion);
    if (isDearer) throw new CocoonError("price_above_cap", { worker: offered.worker });
    const expect = { tier: wish.tier, workerId: offered.worker, manifestHash: wish.model };
    const options = await this.#verifyOptions(expect, policy);
    const worker = await this.#evidenceOf(offered.claimsHash, options);
    if (worker.claimsHash !== offered.claimsHash) throw new CocoonError("offer_mismatch");
    await this.#requireBond(worker, offered);
    const bundle = this.#bundles.get(worker.claimsHash) ?? new Uint8Array();
    const key = this.#keyOf(worker, offered.keyConfig, options.nowMs);
    requireSuite(key, suiteDefault);
    return { offered, worker, bundle, key };
  }

  /** A worker offers the same key for an hour: its signature is verified once. */
  #keyOf({ claims, claimsHash }: AttestedWorker, keyConfig: Uint8Array, nowMs: number): KeyConfig {
    const known = this.#keys.get(claimsHash);
    if (known !== undefined && equalBytes(known.keyConfig, keyConfig)) {
      requireInTime(known.key, nowMs);
      return known.key;
    }
    const key = openKeyConfig(keyConfig, claims.identityKey, nowMs);
    if (this.#keys.size >= keysMax) this.#keys.clear();
    this.#keys.set(claimsHash, { keyConfig, key });
    return key;
  }

  async #requireBond(worker: AttestedWorker, { vouch }: OfferedWorker): Promise<void> {
    const { requireBond } = this.#options;
    if (requireBond !== undefined) await requireBond(worker, vouch);
    else if (worker.tier === "open") {
      throw new CocoonError("bond_insufficient", { reason: "nobody here can look at bonds" });
    }
  }

  async #verifyOptions(expect: VerifyOptions["expect"], known?: Policy): Promise<VerifyOptions> {
    const { policy, profiles, now } = this.#options;
    return { policy: known ?? (await policy()), profiles, nowMs: now(), expect };
  }

  /** A bundle that does not hold, or is another than the one asked for, is not kept. */
  async #evidenceOf(claimsHash: string, options: VerifyOptions): Promise<AttestedWorker> {
    const { evidence } = this.#options;
    const bundle = this.#bundles.get(claimsHash) ?? (await this.#fetch(claimsHash));
    try {
      const known = evidence.find(claimsHash, options);
      const worker = known ?? (await evidence.verify(bundle, options));
      if (worker.claimsHash !== claimsHash) throw new CocoonError("offer_mismatch");
      return worker;
    } catch (error) {
      this.#bundles.delete(claimsHash);
      throw error;
    }
  }

  /** One question at a time about the same evidence: who asks meanwhile gets the same answer. */
  #fetch(claimsHash: string): Promise<Uint8Array> {
    const known = this.#fetching.get(claimsHash);
    if (known !== undefined) return known;
    const asked = fromHex(claimsHash) ?? new Uint8Array();
    const fetching = this.#options.fetch(encodeMessage("getEvidence", asked));
    this.#fetching.set(claimsHash, fetching);
    const keep = (bundle: Uint8Array): void => {
      if (this.#bundles.size >= bundlesMax) this.#bundles.clear();
      this.#bundles.set(claimsHash, bundle);
    };
    const forget = (): void => void this.#fetching.delete(claimsHash);
    void fetching.then(keep, () => undefined).then(forget);
    return fetching;
  }
}

function refusalIn(judged: readonly PromiseSettledResult<Recipient>[]): unknown {
  const refused = judged.find((result) => result.status === "rejected");
  return refused?.reason ?? new CocoonError("no_worker");
}
