import {
  type Nanotons,
  type RawAddress,
  type Signer,
  type Voucher,
  voucherDigest,
} from "@cocoon/protocol";
import type { AcceptedAnswer, PaymentStore } from "./payment-store.ts";

/** Sequence numbers are written down this many at a time; a crash wastes those that were not used. */
const sequenceBlock = 256;

/**
 * One channel as its payer sees it: what was spent, and vouchers for exactly that. It signs for nothing but answers
 * that are stored.
 */
export class Purse {
  readonly channel: RawAddress;
  readonly #store: PaymentStore;
  readonly #sessionKey: Signer;
  readonly #networkId: number;
  #spent: Nanotons;
  #nextSequence = 0;
  #endOfBlock = 0;
  #reserving: Promise<void> | undefined;

  private constructor(options: PurseOptions, spent: Nanotons) {
    this.channel = options.channel;
    this.#store = options.store;
    this.#sessionKey = options.sessionKey;
    this.#networkId = options.networkId;
    this.#spent = spent;
  }

  static async open(options: PurseOptions): Promise<Purse> {
    return new Purse(options, await options.store.spent(options.channel));
  }

  /** The sum of all accepted answers. */
  get spent(): Nanotons {
    return this.#spent;
  }

  /** A number that no other request of this channel has or will have. */
  async takeSequence(): Promise<number> {
    while (this.#nextSequence === this.#endOfBlock) {
      this.#reserving ??= this.#reserve();
      await this.#reserving;
    }
    const sequence = this.#nextSequence;
    this.#nextSequence += 1;
    return sequence;
  }

  /** Stores an answer durably; from then on it is owed. */
  async accept(answer: AcceptedAnswer): Promise<void> {
    await this.#store.accept(answer);
    this.#spent = await this.#store.spent(this.channel);
  }

  /** Which of these requests' answers are stored; the others never will be. */
  reconcile(requests: readonly string[]): Promise<readonly string[]> {
    return this.#store.reconcile(requests);
  }

  /** Pays for everything spent so far. */
  async voucher(): Promise<Voucher> {
    const { channel } = this;
    const cumulative = this.#spent;
    const digest = voucherDigest(this.#networkId, channel, cumulative);
    return { channel, cumulative, signature: await this.#sessionKey.sign(digest) };
  }

  async #reserve(): Promise<void> {
    try {
      this.#nextSequence = await this.#store.reserveSequences(this.channel, sequenceBlock);
      this.#endOfBlock = this.#nextSequence + sequenceBlock;
    } finally {
      this.#reserving = undefined;
    }
  }
}

export type PurseOptions = {
  readonly channel: RawAddress;
  readonly store: PaymentStore;
  readonly sessionKey: Signer;
  readonly networkId: number;
};
