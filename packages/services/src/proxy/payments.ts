// Paying workers: one channel to each payout address, and vouchers that keep up with what is owed.

import {
  type Conversation,
  encodePayFrom,
  encodeVoucherMessage,
  type Nanotons,
  type RawAddress,
  signVoucher,
  type SigningKey,
} from "@cocoon/protocol";
import type { OutgoingChannel, OutgoingLedger } from "../ledger/index.ts";

export type PaymentModules = {
  readonly ledger: OutgoingLedger;
  readonly sessionKey: SigningKey;
  readonly payer: RawAddress;
  readonly networkId: number;
  /** Opens a channel to the payee on chain, or finishes opening one that was intended. Durable when it resolves. */
  readonly open: (payee: RawAddress) => Promise<OutgoingChannel>;
  /** Adds to a channel's deposit on chain. */
  readonly topUp: (channel: OutgoingChannel) => Promise<void>;
};

type Payee = { readonly listeners: Set<Conversation>; sent: Nanotons | undefined };

export class WorkerPayments {
  readonly #modules: PaymentModules;
  readonly #payees = new Map<RawAddress, Payee>();
  readonly #opening = new Map<RawAddress, Promise<OutgoingChannel>>();
  readonly #toppingUp = new Set<RawAddress>();

  constructor(modules: PaymentModules) {
    this.#modules = modules;
  }

  /** Sees that a channel to the payee is open, tells the worker which, and sends it the newest voucher. */
  async attach(payout: RawAddress, worker: Conversation): Promise<void> {
    const channel = await this.#channelTo(payout);
    const payee = this.#payees.get(payout) ?? { listeners: new Set(), sent: undefined };
    this.#payees.set(payout, payee);
    const isNew = !payee.listeners.has(worker);
    payee.listeners.add(worker);
    if (!isNew) return;
    await worker.send(
      encodePayFrom({
        payer: this.#modules.payer,
        payee: payout,
        sessionKey: this.#modules.sessionKey.publicKey,
        closeTimeoutSeconds: channel.closeTimeoutSeconds,
        salt: channel.salt,
      }),
    );
    await worker.send(this.#voucherOf(channel));
  }

  detach(payout: RawAddress, worker: Conversation): void {
    this.#payees.get(payout)?.listeners.delete(worker);
  }

  /** Sends a voucher to every worker that earned something since the last one, and refills channels that run low. */
  async pay(): Promise<void> {
    for (const [payout, payee] of this.#payees) {
      const channel = this.#modules.ledger.findByPayee(payout);
      if (channel === undefined || channel.owed === payee.sent) continue;
      const listeners = [...payee.listeners];
      if (listeners.length === 0) continue;
      const voucher = this.#voucherOf(channel);
      await Promise.allSettled(listeners.map((worker) => worker.send(voucher)));
      payee.sent = channel.owed;
      await this.#refill(channel);
    }
  }

  #voucherOf(channel: OutgoingChannel): Uint8Array {
    const { sessionKey, networkId } = this.#modules;
    return encodeVoucherMessage(signVoucher(sessionKey, networkId, channel.address, channel.owed));
  }

  /** One opening at a time for a payee, however many of its workers arrive together. */
  async #channelTo(payout: RawAddress): Promise<OutgoingChannel> {
    const known = this.#modules.ledger.findByPayee(payout);
    if (known?.phase === "open") return known;
    const opening = this.#opening.get(payout) ?? this.#modules.open(payout);
    this.#opening.set(payout, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(payout);
    }
  }

  /** A channel is refilled when three quarters are owed, so that the worker's vouchers are always covered. */
  async #refill(channel: OutgoingChannel): Promise<void> {
    const isLow = 4n * channel.owed > 3n * channel.deposit;
    if (!isLow || this.#toppingUp.has(channel.address)) return;
    this.#toppingUp.add(channel.address);
    try {
      await this.#modules.topUp(channel);
    } finally {
      this.#toppingUp.delete(channel.address);
    }
  }
}
