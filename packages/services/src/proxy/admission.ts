// Whether a channel may have another request: the arithmetic of deposit and credit.

import { CocoonError, feeWithin, nanotons, type Nanotons, type RawAddress } from "@cocoon/protocol";
import type { IncomingChannel, IncomingLedger } from "../ledger/index.ts";

export type CreditTerms = {
  /** How much a channel may owe. */
  readonly creditWindow: Nanotons;
  /** What this proxy adds to the price of work, in parts of ten thousand: released answers are forgiven out of it. */
  readonly feeBps: number;
};

/** An amount held for a request in flight. Given back once, whatever happens. */
export type Reservation = { readonly release: () => void };

export class Admission {
  readonly #ledger: Pick<IncomingLedger, "find">;
  readonly #terms: CreditTerms;
  /** What requests in flight may cost at most, by channel. A crash forgets it: nothing was charged yet. */
  readonly #reserved = new Map<RawAddress, bigint>();
  readonly #suspended = new Set<RawAddress>();

  constructor(ledger: Pick<IncomingLedger, "find">, terms: CreditTerms) {
    this.#ledger = ledger;
    this.#terms = terms;
  }

  /**
   * Holds the most that a request can cost. Throws channel_unknown, channel_closed, balance_insufficient,
   * credit_exhausted when a voucher must come first, or queue_full when only requests in flight stand in the way.
   */
  reserve(address: RawAddress, costMax: Nanotons): Reservation {
    const channel = this.#ledger.find(address);
    if (channel === undefined) throw new CocoonError("channel_unknown");
    if (channel.phase !== "open" || this.#suspended.has(address)) {
      throw new CocoonError("channel_closed");
    }
    const reserved = this.#reserved.get(address) ?? 0n;
    this.#checkDeposit(channel, reserved, costMax);
    this.#checkCredit(channel, reserved, costMax);
    this.#reserved.set(address, reserved + costMax);
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#giveBack(address, costMax);
      },
    };
  }

  /** What requests in flight hold now. */
  reserved(address: RawAddress): Nanotons {
    return nanotons(this.#reserved.get(address) ?? 0n);
  }

  /** Admits nothing more until the result is called. Throws queue_full while requests are in flight. */
  suspend(address: RawAddress): () => void {
    if (this.reserved(address) > 0n || this.#suspended.has(address)) throw inFlight();
    this.#suspended.add(address);
    return () => void this.#suspended.delete(address);
  }

  #checkDeposit({ deposit, posted, pending }: IncomingChannel, reserved: bigint, costMax: bigint) {
    const left = deposit - posted - pending;
    if (costMax > left) {
      throw new CocoonError("balance_insufficient", { availableNanotons: left.toString() });
    }
    if (reserved + costMax > left) throw inFlight();
  }

  /**
   * `released` counts against the credit though it is not owed: else a client could take answers for ever and never
   * acknowledge one. What a voucher can make room for asks for a voucher, the rest has to wait.
   */
  #checkCredit(channel: IncomingChannel, reserved: bigint, costMax: bigint): void {
    const { creditWindow, feeBps } = this.#terms;
    const { posted, pending, vouchered } = channel;
    const paid = vouchered < posted ? vouchered : posted;
    const unpaid = posted + pending + unforgiven(channel, paid, feeBps) - vouchered;
    if (unpaid + reserved + costMax <= creditWindow) return;
    const helpsToPay = unforgiven(channel, posted, feeBps) + reserved + costMax <= creditWindow;
    if (!helpsToPay && reserved > 0n) throw inFlight();
    throw new CocoonError("credit_exhausted", {
      unpaidNanotons: unpaid.toString(),
      costMaxNanotons: costMax.toString(),
      creditWindowNanotons: creditWindow.toString(),
    });
  }

  #giveBack(address: RawAddress, amount: Nanotons): void {
    const rest = (this.#reserved.get(address) ?? 0n) - amount;
    if (rest === 0n) this.#reserved.delete(address);
    else this.#reserved.set(address, rest);
  }
}

/**
 * What is left of `released` when so much was acknowledged and paid. The fee in that is what a proxy gives back: answers
 * that a bad line swallowed are forgiven with time, and whoever only pretends to lose them takes the proxy's profit at
 * most, never what it pays its workers.
 */
function unforgiven({ released }: IncomingChannel, paid: Nanotons, feeBps: number): bigint {
  const forgiven = feeWithin(paid, feeBps);
  return released > forgiven ? released - forgiven : 0n;
}

function inFlight(): CocoonError {
  return new CocoonError("queue_full", { reason: "requests in flight hold the channel" });
}
