// A proxy's books and log in a folder of their own, as runProxy() puts them together, without network and chain.

import {
  createSigningKey,
  nanotons,
  parseReceipt,
  type Receipt,
  receiptId,
  signReceipt,
} from "@cocoon/protocol";
import {
  IncomingLedger,
  ledgerMigrations,
  openStore,
  OutgoingLedger,
  ReceiptDesk,
  ReceiptLog,
  receiptLogMigrations,
  type Store,
  TileFolder,
} from "@cocoon/services";
import { randomFillSync } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { sampleChannel, sampleNetworkId, sampleReceipt } from "./sample-request.ts";

export const rigBond = `0:${"b0".repeat(32)}`;
export const rigLogKey = createSigningKey(new Uint8Array(32).fill(4));
const workerKey = createSigningKey(new Uint8Array(32).fill(5));
const payout = `0:${"d1".repeat(32)}`;
const payoutChannel = `0:${"d2".repeat(32)}`;
const deposit = nanotons(10n ** 18n);
const requestIdOffset = 4;

export type DeskRig = {
  readonly store: Store;
  readonly desk: ReceiptDesk;
  readonly log: ReceiptLog;
  readonly tiles: TileFolder;
  readonly incoming: IncomingLedger;
};

/** Opens the books in this folder; one that was there before goes on where it stopped. */
export async function openDeskRig(folder: string): Promise<DeskRig> {
  mkdirSync(folder, { recursive: true });
  const store = openStore(join(folder, "proxy.db"), [...ledgerMigrations, ...receiptLogMigrations]);
  const incoming = new IncomingLedger(store, sampleNetworkId);
  const outgoing = new OutgoingLedger(store);
  const log = new ReceiptLog(store, rigLogKey, rigBond, sampleNetworkId);
  if (incoming.find(sampleChannel) === undefined) await openChannels(incoming, outgoing);
  const desk = new ReceiptDesk({
    store,
    log,
    incoming,
    outgoing,
    logKey: rigLogKey,
    now: Date.now,
  });
  return { store, desk, log, incoming, tiles: new TileFolder(log, join(folder, "log")) };
}

async function openChannels(incoming: IncomingLedger, outgoing: OutgoingLedger): Promise<void> {
  await incoming.recordChain({
    address: sampleChannel,
    payer: `0:${"c2".repeat(32)}`,
    sessionKey: new Uint8Array(32),
    phase: "open",
    deposit,
    claimed: nanotons(0n),
    seenAtMs: 0,
  });
  await outgoing.intend({
    address: payoutChannel,
    payee: payout,
    closeTimeoutSeconds: 3_600,
    salt: 1n,
    deposit,
  });
  await outgoing.recordChain(payoutChannel, "open", deposit);
}

const signedReceipt = signReceipt(workerKey, sampleReceipt);
const parsedReceipt = parseReceipt(signedReceipt);

/** A receipt like all others, but of a request of its own. Its signature is not: the desk does not look at it. */
function nextReceipt(): { readonly bytes: Uint8Array; readonly receipt: Receipt } {
  const bytes = Uint8Array.from(signedReceipt);
  const requestId = bytes.subarray(requestIdOffset, requestIdOffset + 16);
  randomFillSync(requestId);
  return { bytes, receipt: { ...parsedReceipt, requestId } };
}

export type Settlement = {
  readonly desk: ReceiptDesk;
  readonly count: number;
  /** Answers that end at once. */
  readonly inFlight: number;
  readonly isAcknowledged: boolean;
  readonly onCommitted?: (promise: Uint8Array) => void;
};

/** Commits this many receipts, each before its client may have it, and acknowledges them if told to. */
export async function settle(settlement: Settlement): Promise<void> {
  const { desk, count, inFlight, isAcknowledged, onCommitted } = settlement;
  let left = count;
  const serveOne = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { bytes, receipt } = nextReceipt();
      const promise = await desk.commit(bytes, receipt, { payout });
      onCommitted?.(promise);
      if (isAcknowledged) await desk.acknowledge(receiptId(receipt));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, serveOne));
}
