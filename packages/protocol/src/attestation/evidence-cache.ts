import { toHex, utf8 } from "../bytes/index.ts";
import { primitives } from "../primitives/index.ts";
import {
  admit,
  type AttestedWorker,
  type GenuineEvidence,
  type VerifyOptions,
} from "./attested-worker.ts";
import { parseBundle } from "./bundle.ts";
import { claimsHash } from "./claims.ts";
import type { OpenedCollateral } from "./evidence.ts";
import { openCollateral } from "./guest-verifiers.ts";
import { requireFreshPolicy } from "./policy.ts";
import { authenticate } from "./verify-bundle.ts";

/**
 * Remembers evidence that was verified, by claims hash and until the first part of it expires. Signatures are not
 * checked again; everything that depends on policy, time and expectation is, at each use: an image that is revoked
 * on chain is refused from then on.
 */
export type EvidenceCache = {
  /** As verifyBundle. */
  verify(bundle: Uint8Array, options: VerifyOptions): Promise<AttestedWorker>;
  /** The worker of these claims (hash in hex), or undefined when they are not known: ask for the bundle. */
  find(claimsHash: string, options: VerifyOptions): AttestedWorker | undefined;
  /** Claims that are remembered. */
  readonly size: number;
};

/** One entry of evidence costs about 3 KiB, one of collateral about 20 KiB. */
export function createEvidenceCache(options: { readonly sizeMax: number }): EvidenceCache {
  const evidence = new ExpiringMap<GenuineEvidence>(options.sizeMax);
  const collaterals = new ExpiringMap<OpenedCollateral>(options.sizeMax);

  const open: typeof openCollateral = async (text, profile, nowMs) => {
    const key = `${profile.id}/${profile.rootKeyId}/${toHex(primitives.sha256(utf8(text)))}`;
    const known = collaterals.get(key, nowMs);
    if (known !== undefined) return known;
    const opened = await openCollateral(text, profile, nowMs);
    collaterals.set(key, opened);
    return opened;
  };

  return {
    async verify(bundle, verifyOptions) {
      requireFreshPolicy(verifyOptions.policy, verifyOptions.nowMs);
      const hash = claimsHash(parseBundle(bundle).claims);
      const known = evidence.get(hash, verifyOptions.nowMs);
      if (known !== undefined) return admit(known, verifyOptions);
      const genuine = await authenticate(bundle, { ...verifyOptions, open });
      const worker = admit(genuine, verifyOptions);
      // Only now is it known that the quote is for these claims: before, a stranger could spoil their entry.
      evidence.set(hash, genuine);
      return worker;
    },
    find(hash, verifyOptions) {
      requireFreshPolicy(verifyOptions.policy, verifyOptions.nowMs);
      const known = evidence.get(hash, verifyOptions.nowMs);
      return known === undefined ? undefined : admit(known, verifyOptions);
    },
    get size() {
      return evidence.size;
    },
  };
}

/** A map of bounded size that forgets what has expired, then what was used longest ago. */
class ExpiringMap<Value extends { readonly expiresAtMs: number }> {
  readonly #values = new Map<string, Value>();
  readonly #sizeMax: number;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string, nowMs: number): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    if (nowMs > value.expiresAtMs) return undefined;
    this.#values.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#sizeMax)
      this.#values.delete(this.#values.keys().next().value ?? "");
  }
}
