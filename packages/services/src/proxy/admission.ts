// Whether a channel may have another request: the arithmetic of deposit and credit.

import { CocoonError, nanotons, type Nanotons, type RawAddress } from "@cocoon/protocol";
import type { IncomingChannel, IncomingLedger } from "../ledger/index.ts";

/** An amount held for a request in flight. Given back once, whatever happens. */
export type Reservation = { readonly release: () => void };

export class Admission {
  readonly #ledger: IncomingLedger;
  readonly #creditWindow: Nanotons;
  /** What requests in flight may cost at most, by channel. A crash forgets it: nothing was charged yet. */
  readonly #reserved = new Map<RawAddress, bigint>();

  constructor(ledger: IncomingLedger, creditWindow: Nanotons) {
    this.#ledger = ledger;
    this.#creditWindow = creditWindow;
  }

  /**
   * Holds the most that a request can cost. Throws channel_unknown, channel_closed, balance_insufficient, or
   * credit_exhausted when a voucher must come first.
   */
  reserve(address: RawAddress, costMax: Nanotons): Reservation {
    const channel = this.#ledger.find(address);
    if (channel === undefined) throw new CocoonError("channel_unknown");
    if (channel.phase !== "open") throw new CocoonError("channel_closed");
    const reserved = this.#reserved.get(address) ?? 0n;
    this.#check(channel, reserved + costMax);
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

  /** Requests that hold a reservation now, in nanotons. */
  reserved(address: RawAddress): Nanotons {
    return nanotons(this.#reserved.get(address) ?? 0n);
  }

  /**
   * `released` counts against the credit though it is not owed: else a client could take answers for ever and never
   * acknowledge one.
   */
  #check(channel: IncomingChannel, wanted: bigint): void {
    const logged = channel.posted + channel.pending;
    if (logged + wanted > channel.deposit) {
      const available = (channel.deposit - logged).toString();
      throw new CocoonError("balance_insufficient", { availableNanotons: available });
    }
    const unpaid = logged + channel.released - channel.vouchered;
    if (unpaid + wanted > this.#creditWindow) {
      throw new CocoonError("credit_exhausted", { unpaidNanotons: unpaid.toString() });
    }
  }

  #giveBack(address: RawAddress, amount: Nanotons): void {
    const rest = (this.#reserved.get(address) ?? 0n) - amount;
    if (rest === 0n) this.#reserved.delete(address);
    else this.#reserved.set(address, rest);
  }
}
