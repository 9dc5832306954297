// What this worker earned from one proxy, and whether it was paid.

import {
  CocoonError,
  nanotons,
  type Nanotons,
  type RawAddress,
  type Voucher,
} from "@cocoon/protocol";
import type { IncomingChannel, IncomingLedger } from "../ledger/index.ts";
import type { Store } from "../store/index.ts";

export class Earnings {
  readonly #store: Store;
  readonly #ledger: IncomingLedger;
  readonly #creditWindow: Nanotons;

  constructor(store: Store, ledger: IncomingLedger, creditWindow: Nanotons) {
    this.#store = store;
    this.#ledger = ledger;
    this.#creditWindow = creditWindow;
  }

  /** Throws credit_exhausted when the proxy owes more than the window allows: no more work until it pays. */
  requireCredit(channel: RawAddress): void {
    const books = this.#books(channel);
    const unpaid = books.posted + books.pending - books.vouchered;
    if (unpaid > this.#creditWindow) {
      throw new CocoonError("credit_exhausted", { unpaidNanotons: unpaid.toString() });
    }
  }

  /** Writes down that a receipt is about to be handed in; pending until the proxy says it is in the log. */
  async handIn(
    channel: RawAddress,
    request: string,
    amount: Nanotons,
    atMs: number,
  ): Promise<void> {
    await this.#store.commit((db) => {
      this.#ledger.charge(db, { request, channel, amount: nanotons(amount), atMs });
    });
  }

  /** The proxy says that these receipts are in its log. */
  committed(requests: readonly string[]): Promise<void> {
    return this.#ledger.post(requests);
  }

  /** Receipts whose fate is not known, hex request ids. */
  uncommitted(channel: RawAddress): string[] {
    return this.#ledger.pendingRequests(channel);
  }

  /** The proxy's answer to `uncommitted`: those that it does not name were never logged, and nobody pays for them. */
  async reconcile(asked: readonly string[], committed: readonly string[]): Promise<void> {
    const logged = new Set(committed);
    await this.#ledger.post(asked.filter((request) => logged.has(request)));
    await this.#ledger.release(asked.filter((request) => !logged.has(request)));
  }

  holdVoucher(voucher: Voucher): Promise<Nanotons> {
    return this.#ledger.holdVoucher(voucher);
  }

  #books(channel: RawAddress): IncomingChannel {
    const books = this.#ledger.find(channel);
    if (books === undefined) throw new CocoonError("channel_unknown");
    return books;
  }
}
