// Where a receipt becomes money and history at once.

import {
  CocoonError,
  nanotons,
  type RawAddress,
  type Receipt,
  receiptId,
  signPromise,
  type SigningKey,
} from "@cocoon/protocol";
import type { Charge, IncomingLedger, OutgoingLedger } from "../ledger/index.ts";
import type { Database, Store } from "../store/index.ts";
import type { LogLeaf, ReceiptLog } from "../log/index.ts";
import type { ConnectedWorker } from "./workers.ts";

export type ReceiptDeskModules = {
  readonly store: Store;
  readonly log: ReceiptLog;
  readonly incoming: IncomingLedger;
  readonly outgoing: OutgoingLedger;
  readonly logKey: SigningKey;
  readonly now: () => number;
};

/** A receipt that waits to be written. */
type Entry = Charge & {
  readonly receipt: Uint8Array;
  readonly payout: RawAddress;
  readonly workNanotons: bigint;
};

/** Receipts that are written together: all that came in one turn of the event loop. */
type Batch = {
  readonly entries: Entry[];
  /** When it is durable: the place of each receipt in the log. Those that were not written are not in it. */
  readonly written: Promise<ReadonlyMap<Entry, LogLeaf | undefined>>;
};

export class ReceiptDesk {
  readonly #modules: ReceiptDeskModules;
  #batch: Batch | undefined;

  constructor(modules: ReceiptDeskModules) {
    this.#modules = modules;
  }

  /** Whether this request id was ever charged. */
  knows(request: string): boolean {
    return this.#modules.incoming.chargeState(request) !== undefined;
  }

  /**
   * Appends the receipt to the log, charges the client and credits the worker, in one durable transaction; then signs
   * the promise of its place in the log. Returns the promise's bytes. Throws sealed_replayed, and internal when there
   * is no channel to the worker.
   */
  async commit(
    bytes: Uint8Array,
    receipt: Receipt,
    worker: Pick<ConnectedWorker, "payout">,
  ): Promise<Uint8Array> {
    const { logKey, now } = this.#modules;
    const entry = {
      request: receiptId(receipt),
      channel: receipt.channel,
      amount: nanotons(receipt.workNanotons + receipt.feeNanotons),
      atMs: now(),
      receipt: bytes,
      payout: worker.payout,
      workNanotons: receipt.workNanotons,
    };
    this.#batch ??= this.#begin();
    const { entries, written } = this.#batch;
    entries.push(entry);
    const leaf = (await written).get(entry);
    if (leaf === undefined) throw this.#refusal(entry);
    return signPromise(logKey, { leafHash: leaf.hash, index: leaf.index, timestampMs: now() });
  }

  #begin(): Batch {
    const entries: Entry[] = [];
    const written = this.#modules.store.commit((db) => {
      this.#batch = undefined;
      return this.#write(db, entries);
    });
    return { entries, written };
  }

  /** One statement for what changes once in a batch, such as a channel's sum; the log comes last. */
  #write(db: Database, entries: readonly Entry[]): ReadonlyMap<Entry, LogLeaf | undefined> {
    const { log, incoming, outgoing } = this.#modules;
    const payouts = new Set(entries.map(({ payout }) => payout));
    const channels = new Map(
      [...payouts].map((payout) => [payout, outgoing.findByPayee(payout)?.address]),
    );
    const payable = entries.filter(({ payout }) => channels.get(payout) !== undefined);
    const charged = incoming.chargeNew(db, payable);
    for (const [payout, channel] of channels) {
      const owed = charged.filter((entry) => entry.payout === payout);
      const sum = owed.reduce((total, { workNanotons }) => total + workNanotons, 0n);
      if (channel !== undefined) outgoing.owe(db, channel, nanotons(sum));
    }
    const leaves = log.append(db, charged);
    return new Map(charged.map((entry, index) => [entry, leaves[index]]));
  }

  #refusal({ request }: Entry): CocoonError {
    return this.knows(request)
      ? new CocoonError("sealed_replayed", { request })
      : new CocoonError("internal", { reason: "no channel to worker" });
  }

  /** The client has the answer and its receipt. */
  acknowledge(request: string): Promise<void> {
    return this.#modules.incoming.post([request]);
  }

  /** The client never got the answer: it stays in the log, and nobody is charged for it. */
  release(request: string): Promise<void> {
    return this.#modules.incoming.release([request]);
  }
}
