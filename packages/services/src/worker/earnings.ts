// What this worker earned from one proxy, and whether it was paid.

import {
  CocoonError,
  type Nanotons,
  type RawAddress,
  type Usage,
  type Voucher,
} from "@cocoon/protocol";
import type { Charge, IncomingChannel, IncomingLedger } from "../ledger/index.ts";
import type { Store } from "../store/index.ts";

/** An answer, and what it costs the proxy. */
export type HandedIn = Charge & {
  /** Name of the model. */
  readonly model: string;
  readonly usage: Usage;
  readonly durationMs: number;
};

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
  async handIn({ usage, model, durationMs, ...charge }: HandedIn): Promise<void> {
    await this.#store.commit((db) => {
      this.#ledger.charge(db, charge);
      db.prepare(
        `INSERT INTO jobs (request, model, prompt_tokens, cached_tokens, completion_tokens, duration_ms)
         VALUES (?, ?, ?, ?, ?, ?)`,
      ).run(
        charge.request,
        model,
        usage.promptTokens,
        usage.cachedTokens ?? 0,
        usage.completionTokens,
        durationMs,
      );
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
