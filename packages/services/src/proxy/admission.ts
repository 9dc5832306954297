// Whether a channel may have another request: the arithmetic of deposit and credit.

import { CocoonError, nanotons, type Nanotons, type RawAddress } from "@cocoon/protocol";
import type { IncomingChannel, IncomingLedger } from "../ledger/index.ts";

/** An amount held for a request in flight. Given back once, whatever happens. */
export type Reservation = { readonly release: () => void };

export class Admission {
  readonly #ledger: Pick<IncomingLedger, "find">;
  readonly #creditWindow: Nanotons;
  /** What requests in flight may cost at most, by channel. A crash forgets it: nothing was charged yet. */
  readonly #reserved = new Map<RawAddress, bigint>();
  readonly #suspended = new Set<RawAddress>();

  constructor(ledger: Pick<IncomingLedger, "find">, creditWindow: Nanotons) {
    this.#ledger = ledger;
    this.#creditWindow = creditWindow;
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
    const { posted, pending, released, vouchered } = channel;
    const unpaid = posted + pending + released - vouchered;
    if (unpaid + reserved + costMax <= this.#creditWindow) return;
    const helpsToPay = released + reserved + costMax <= this.#creditWindow;
    if (!helpsToPay && reserved > 0n) throw inFlight();
    throw new CocoonError("credit_exhausted", {
      unpaidNanotons: unpaid.toString(),
      costMaxNanotons: costMax.toString(),
      creditWindowNanotons: this.#creditWindow.toString(),
    });
  }

  #giveBack(address: RawAddress, amount: Nanotons): void {
    const rest = (this.#reserved.get(address) ?? 0n) - amount;
    if (rest === 0n) this.#reserved.delete(address);
    else this.#reserved.set(address, rest);
  }
}

function inFlight(): CocoonError {
  return new CocoonError("queue_full", { reason: "requests in flight hold the channel" });
}
