import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  createSigningKey,
  nanotons,
  parsePromise,
  parseReceipt,
  type Receipt,
  receiptId,
  signReceipt,
} from "@cocoon/protocol";
import { IncomingLedger, ledgerMigrations, OutgoingLedger } from "../ledger/index.ts";
import { ReceiptLog, receiptLogMigrations } from "../log/index.ts";
import { openStore } from "../store/index.ts";
import { ReceiptDesk } from "./receipt-desk.ts";

const networkId = -7239;
const raw = (digits: string) => `0:${digits.repeat(32)}`;
const client = raw("c1");
const payout = raw("d1");
const logKey = createSigningKey(new Uint8Array(32).fill(3));
const identityKey = createSigningKey(new Uint8Array(32).fill(4));
const deposit = nanotons(1_000_000_000n);
const hash = new Uint8Array(32);

function receiptOf(request: number, channel: string = client): Receipt & { bytes: Uint8Array } {
  const bytes = signReceipt(identityKey, {
    requestId: new Uint8Array(16).fill(request),
    headerHash: hash,
    claimsHash: hash,
    manifestHash: hash,
    channel,
    sequence: request,
    tier: "open",
    usage: { promptTokens: 10, completionTokens: 5 },
    terms: {
      promptPerMillion: nanotons(2_000_000n),
      completionPerMillion: nanotons(4_000_000n),
      feeBps: 500,
    },
    requestHash: hash,
    answerHash: hash,
    chunkCount: 1,
    startedAtMs: 1,
    finishedAtMs: 2,
    finishReason: "stop",
    contentCommitment: hash,
  });
  return { ...parseReceipt(bytes), bytes };
}

async function openDesk(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-desk-"));
  const store = openStore(join(folder, "proxy.db"), [...ledgerMigrations, ...receiptLogMigrations]);
  context.after(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  const incoming = new IncomingLedger(store, networkId);
  const outgoing = new OutgoingLedger(store);
  const log = new ReceiptLog(store, logKey, raw("b0"), networkId);
  await incoming.recordChain({
    address: client,
    payer: raw("c2"),
    sessionKey: new Uint8Array(32),
    phase: "open",
    deposit,
    claimed: nanotons(0n),
    seenAtMs: 1,
  });
  await outgoing.intend({
    address: raw("d2"),
    payee: payout,
    closeTimeoutSeconds: 60,
    salt: 1n,
    deposit,
  });
  const desk = new ReceiptDesk({ store, log, incoming, outgoing, logKey, now: () => 9 });
  const commit = (receipt: ReturnType<typeof receiptOf>, worker = { payout }) =>
    desk.commit(receipt.bytes, receipt, worker);
  return { desk, commit, log, incoming, outgoing };
}

test("commit() refuses a receipt whose worker has no channel and a request charged before, and nothing else beside them", async (context) => {
  const { commit, log, incoming, outgoing } = await openDesk(context);
  const outcomes = await Promise.allSettled([
    commit(receiptOf(1)),
    commit(receiptOf(2), { payout: raw("ee") }),
    commit(receiptOf(1)),
    commit(receiptOf(3)),
  ]);
  const codes = outcomes.map((outcome) =>
    // oxlint-disable-next-line no-unsafe-type-assertion -- CocoonErrors alone
    outcome.status === "fulfilled" ? "written" : (outcome.reason as { code: string }).code,
  );
  assert.deepEqual(codes, ["written", "internal", "sealed_replayed", "written"]);
  await assert.rejects(commit(receiptOf(3)), { code: "sealed_replayed" });
  assert.equal(log.size, 2);
  assert.equal(incoming.find(client)?.pending, 2n * (40n + 2n));
  assert.equal(outgoing.findByPayee(payout)?.owed, 2n * 40n);
  assert.equal(incoming.chargeState(receiptId(receiptOf(2))), undefined);
});

test("commit() promises each receipt the index at which the log holds it", async (context) => {
  const { desk, commit, log } = await openDesk(context);
  const receipts = [5, 6, 7, 8].map((request) => receiptOf(request));
  const promises = await Promise.all(receipts.map((receipt) => commit(receipt)));
  for (const [position, bytes] of promises.entries()) {
    const promise = parsePromise(bytes);
    assert.deepEqual(log.receipts(promise.index, 1)[0], receipts[position]?.bytes);
    assert.deepEqual(log.readNode(0, promise.index), promise.leafHash);
  }
  await desk.acknowledge(receiptId(receiptOf(5)));
  assert.equal(desk.knows(receiptId(receiptOf(5))), true);
});

test("commit() lets a receipt of an unknown client channel harm no later one", async (context) => {
  const { commit, log } = await openDesk(context);
  await assert.rejects(commit(receiptOf(1, raw("aa"))));
  await commit(receiptOf(2));
  assert.equal(log.size, 1);
});
