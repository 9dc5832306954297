// Where a receipt becomes money and history at once.

import {
  CocoonError,
  nanotons,
  type Receipt,
  receiptId,
  signPromise,
  type SigningKey,
} from "@cocoon/protocol";
import type { IncomingLedger, OutgoingLedger } from "../ledger/index.ts";
import type { Store } from "../store/index.ts";
import type { ReceiptLog } from "../log/index.ts";
import type { ConnectedWorker } from "./workers.ts";

export type ReceiptDeskModules = {
  readonly store: Store;
  readonly log: ReceiptLog;
  readonly incoming: IncomingLedger;
  readonly outgoing: OutgoingLedger;
  readonly logKey: SigningKey;
  readonly now: () => number;
};

export class ReceiptDesk {
  readonly #modules: ReceiptDeskModules;

  constructor(modules: ReceiptDeskModules) {
    this.#modules = modules;
  }

  /** Whether this request id was ever charged. */
  knows(request: string): boolean {
    return this.#modules.incoming.chargeState(request) !== undefined;
  }

  /**
   * Appends the receipt to the log, charges the client and credits the worker, in one durable transaction; then signs
   * the promise of its place in the log. Returns the promise's bytes.
   */
  async commit(bytes: Uint8Array, receipt: Receipt, worker: ConnectedWorker): Promise<Uint8Array> {
    const { store, log, incoming, outgoing, logKey, now } = this.#modules;
    const payFrom = outgoing.findByPayee(worker.payout);
    if (payFrom === undefined)
      throw new CocoonError("internal", { reason: "no channel to worker" });
    const request = receiptId(receipt);
    const leaf = await store.commit((db) => {
      incoming.charge(db, {
        request,
        channel: receipt.channel,
        amount: nanotons(receipt.workNanotons + receipt.feeNanotons),
        atMs: now(),
      });
      outgoing.owe(db, payFrom.address, receipt.workNanotons);
      return log.append(db, request, bytes);
    });
    return signPromise(logKey, { leafHash: leaf.hash, index: leaf.index, timestampMs: now() });
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
