import { toHex } from "../bytes/index.ts";
import { primitives, type SigningKey } from "../primitives/index.ts";
import { kidOf, signKeyConfig } from "./key-config.ts";
import { createKeyPair, type PrivateKey, type SuiteId } from "./suite.ts";

/** A worker's key for sealing, with its private half. It exists in memory only and is never written. */
export type Recipient = {
  readonly kid: Uint8Array;
  /** The signed key configuration to publish. */
  readonly keyConfig: Uint8Array;
  readonly notAfterMs: number;
  readonly privateKey: PrivateKey;
};

/** Makes a new key and signs its configuration with the worker's identity key. */
export async function createRecipient(
  suite: SuiteId,
  identityKey: SigningKey,
  options: {
    readonly notAfterMs: number;
    readonly random?: (sizeBytes: number) => Uint8Array;
  },
): Promise<Recipient> {
  const { notAfterMs, random = primitives.randomBytes } = options;
  const { privateKey, publicKey } = createKeyPair(suite, random);
  const keyConfig = signKeyConfig(identityKey, { suite, notAfterMs, publicKey });
  return { kid: kidOf(publicKey), keyConfig, notAfterMs, privateKey };
}

export type KeyringOptions = {
  readonly suite: SuiteId;
  readonly identityKey: SigningKey;
  /** From creation to death. Default 70 minutes: one hour current, then the overlap. */
  readonly lifetimeMs?: number;
  /** How long before its death a key stops being offered. Default 10 minutes. */
  readonly overlapMs?: number;
  readonly random?: (sizeBytes: number) => Uint8Array;
};

/** The worker's living keys: the one it offers now and those that requests under way may still be sealed to. */
export class Keyring {
  readonly #options: KeyringOptions;
  readonly #lifetimeMs: number;
  readonly #overlapMs: number;
  readonly #recipients = new Map<string, Recipient>();
  #newest: Promise<Recipient> | undefined;

  constructor(options: KeyringOptions) {
    this.#options = options;
    this.#lifetimeMs = options.lifetimeMs ?? 4_200_000;
    this.#overlapMs = options.overlapMs ?? 600_000;
    if (this.#overlapMs >= this.#lifetimeMs) throw new RangeError("the overlap outlives the key");
  }

  /** The key to offer now; a new one is made when the last has only its overlap left. Safe to call at once. */
  async current(nowMs: number): Promise<Recipient> {
    const known = this.#newest;
    const newest = await known;
    if (newest !== undefined && newest.notAfterMs - nowMs > this.#overlapMs) return newest;
    // Another caller may have made one while this one waited.
    if (this.#newest !== known) return await this.current(nowMs);
    this.#newest = this.#create(nowMs);
    return await this.#newest;
  }

  /** The living key of this name. Dead keys are forgotten: what was sealed to them stays sealed for good. */
  find(kid: Uint8Array, nowMs: number): Recipient | undefined {
    this.#forgetDead(nowMs);
    return this.#recipients.get(toHex(kid));
  }

  async #create(nowMs: number): Promise<Recipient> {
    const { suite, identityKey, random = primitives.randomBytes } = this.#options;
    const notAfterMs = nowMs + this.#lifetimeMs;
    const recipient = await createRecipient(suite, identityKey, { notAfterMs, random });
    this.#forgetDead(nowMs);
    this.#recipients.set(toHex(recipient.kid), recipient);
    return recipient;
  }

  #forgetDead(nowMs: number): void {
    for (const [name, recipient] of this.#recipients) {
      if (nowMs >= recipient.notAfterMs) this.#recipients.delete(name);
    }
  }
}
