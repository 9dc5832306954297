// What happens on the chain, told to those who watch it: toncenter's streaming API v2, over either of its carriers.

import { CocoonError } from "@cocoon/protocol";
import type { Ledger, LedgerEvent, TransactionRow } from "../../ledger/index.ts";
import type { Finality, Subscription } from "./subscription.ts";
import { stateChange, transactionsEvent } from "./notifications.ts";

/** As often as toncenter says that it is still there. */
const keepAliveMs = 15_000;
const streamsMax = 64;

/** One client. What it is sent is JSON, however its carrier frames that. */
export type Listener = {
  /** Undefined while a client has asked for nothing. */
  subscription: Subscription | undefined;
  /** Returns whether the client is still there. */
  readonly send: (event: object) => boolean;
  /** Returns whether the client is still there. */
  readonly keepAlive: () => boolean;
  readonly end: () => void;
};

/** The open streams of a chain. */
export class EventStreams {
  readonly #ledger: Ledger;
  readonly #onFault: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  readonly #unwatch: () => void;
  /** Ends when the last event so far is told: events stay in order. */
  #told: Promise<void> = Promise.resolve();
  #keepAlive: NodeJS.Timeout | undefined;

  constructor(ledger: Ledger, onFault: (error: unknown) => void) {
    this.#ledger = ledger;
    this.#onFault = onFault;
    this.#unwatch = ledger.watch((event) => {
      if (this.#listeners.size === 0) return;
      this.#told = this.#told.then(() => this.#tell(event)).catch(this.#onFault);
    });
  }

  /** Throws queue_full when there is room for no other stream. */
  requireRoom(): void {
    if (this.#listeners.size >= streamsMax) throw new CocoonError("queue_full");
  }

  /** Tells a client of what it subscribed to, until it is dropped. */
  add(listener: Listener): void {
    this.#listeners.add(listener);
    this.#keepAlive ??= setInterval(() => this.#keepAllAlive(), keepAliveMs);
  }

  drop(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#keepAlive);
    this.#keepAlive = undefined;
  }

  /** Ends all streams. */
  close(): void {
    this.#unwatch();
    for (const listener of this.#listeners) {
      listener.end();
      this.drop(listener);
    }
  }

  async #tell(event: LedgerEvent): Promise<void> {
    const finality: Finality = event.kind === "executed" ? "confirmed" : "finalized";
    for (const rows of cascadesOf(event.rows)) {
      for (const listener of this.#listeners) await this.#tellOne(listener, rows, finality);
    }
  }

  async #tellOne(
    listener: Listener,
    cascade: readonly TransactionRow[],
    finality: Finality,
  ): Promise<void> {
    if (listener.subscription === undefined) return;
    const { addresses, types, minFinality } = listener.subscription;
    if (minFinality === "finalized" && finality !== "finalized") return;
    const rows = cascade.filter(({ account }) => addresses.has(account)).toReversed();
    if (rows.length === 0) return;
    if (types.has("transactions")) {
      this.#send(listener, await transactionsEvent(this.#ledger, rows, finality));
    }
    if (!types.has("account_state_change")) return;
    for (const row of rows) this.#send(listener, await stateChange(this.#ledger, row, finality));
  }

  #keepAllAlive(): void {
    for (const listener of this.#listeners) {
      if (!listener.keepAlive()) this.drop(listener);
    }
  }

  #send(listener: Listener, event: object): void {
    if (this.#listeners.has(listener) && !listener.send(event)) this.drop(listener);
  }
}

/** Rows of one message with all that followed, one list each. They are neighbours. */
function cascadesOf(rows: readonly TransactionRow[]): readonly (readonly TransactionRow[])[] {
  const cascades: TransactionRow[][] = [];
  for (const row of rows) {
    const last = cascades.at(-1);
    if (last?.[0]?.record === row.record) last.push(row);
    else cascades.push([row]);
  }
  return cascades;
}
