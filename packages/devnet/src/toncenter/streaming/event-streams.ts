// toncenter's streaming API v2 over server-sent events: POST /api/streaming/v2/sse.

import { CocoonError } from "@cocoon/protocol";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Ledger, LedgerEvent, TransactionRow } from "../../ledger/index.ts";
import { sharedHeaders } from "../headers.ts";
import { readFields } from "../request.ts";
import { writeBounded } from "./bounded-write.ts";
import { type Finality, readSubscription, type Subscription } from "./subscription.ts";
import { stateChange, transactionsEvent } from "./notifications.ts";

/** As often as toncenter says that it is still there. */
const keepAliveMs = 15_000;
const streamsMax = 64;
type Listener = { readonly response: ServerResponse; readonly subscription: Subscription };

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

  /** Answers a request with a stream that ends with its connection. Throws request_malformed and queue_full. */
  async open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const subscription = readSubscription(await readFields(request));
    if (this.#listeners.size >= streamsMax) throw new CocoonError("queue_full");
    if (response.destroyed) return;
    response.writeHead(200, {
      ...sharedHeaders,
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
    });
    const listener = { response, subscription };
    this.#listeners.add(listener);
    response.on("close", () => this.#drop(listener));
    this.#keepAlive ??= setInterval(() => this.#sendAll(": keepalive\n\n"), keepAliveMs);
    this.#send(listener, dataOf({ status: "subscribed" }));
  }

  /** Ends all streams. */
  close(): void {
    this.#unwatch();
    for (const listener of this.#listeners) {
      listener.response.end();
      this.#drop(listener);
    }
  }

  #drop(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#keepAlive);
    this.#keepAlive = undefined;
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
    const { addresses, types, minFinality } = listener.subscription;
    if (minFinality === "finalized" && finality !== "finalized") return;
    const rows = cascade.filter(({ account }) => addresses.has(account)).toReversed();
    if (rows.length === 0) return;
    if (types.has("transactions")) {
      this.#send(listener, dataOf(await transactionsEvent(this.#ledger, rows, finality)));
    }
    if (!types.has("account_state_change")) return;
    for (const row of rows) {
      this.#send(listener, dataOf(await stateChange(this.#ledger, row, finality)));
    }
  }

  #sendAll(text: string): void {
    for (const listener of this.#listeners) this.#send(listener, text);
  }

  #send(listener: Listener, text: string): void {
    if (this.#listeners.has(listener) && !writeBounded(listener.response, text)) {
      this.#drop(listener);
    }
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

function dataOf(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
