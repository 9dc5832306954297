import { CocoonError, createSigningKey, nanotons, signVoucher } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { IncomingLedger } from "../ledger/index.ts";
import { openStore } from "../store/index.ts";
import { Earnings, type HandedIn } from "./earnings.ts";
import { workerMigrations } from "./migrations.ts";

const networkId = -7239;
const channel = `0:${"aa".repeat(32)}`;
const key = createSigningKey(new Uint8Array(32).fill(1));
const refused = (code: string) => (error: unknown) =>
  error instanceof CocoonError && error.code === code;

function answer(request: string, amount: bigint): HandedIn {
  const usage = { promptTokens: 3, completionTokens: 2 };
  return { channel, request, amount: nanotons(amount), atMs: 1, model: "m", usage, durationMs: 5 };
}

async function earningsOf(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-earnings-"));
  const store = openStore(join(folder, "worker.db"), workerMigrations);
  context.after(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ledger = new IncomingLedger(store, networkId);
  await ledger.recordChain({
    address: channel,
    payer: channel,
    sessionKey: key.publicKey,
    phase: "open",
    deposit: nanotons(1_000n),
    claimed: nanotons(0n),
    seenAtMs: 1,
  });
  return { ledger, earnings: new Earnings(store, ledger, nanotons(10n)) };
}

test("requireCredit() refuses a channel that is not known, and work beyond what may be unpaid", async (context) => {
  const { earnings } = await earningsOf(context);
  assert.throws(() => earnings.requireCredit(`0:${"bb".repeat(32)}`), refused("channel_unknown"));
  await earnings.handIn(answer("a", 10n));
  earnings.requireCredit(channel);
  await earnings.handIn(answer("b", 1n));
  assert.throws(() => earnings.requireCredit(channel), refused("credit_exhausted"));
  await earnings.holdVoucher(signVoucher(key, networkId, channel, nanotons(1n)));
  earnings.requireCredit(channel);
});

test("handIn() takes a receipt once", async (context) => {
  const { earnings } = await earningsOf(context);
  await earnings.handIn(answer("a", 5n));
  const again = earnings.handIn(answer("a", 5n));
  await assert.rejects(again, refused("sealed_replayed"));
  assert.deepEqual(earnings.uncommitted(channel), ["a"]);
});

test("reconcile() earns what is in the log and gives up the rest, of what was asked about alone", async (context) => {
  const { earnings, ledger } = await earningsOf(context);
  for (const [request, amount] of [
    ["a", 1n],
    ["b", 2n],
    ["c", 4n],
  ] as const) {
    await earnings.handIn(answer(request, amount));
  }
  await earnings.reconcile(["a", "b"], ["b", "c", "z"]);
  const books = ledger.find(channel);
  assert.deepEqual([books?.posted, books?.released, books?.pending], [2n, 1n, 4n]);
  await earnings.committed(["c", "a"]);
  assert.equal(ledger.find(channel)?.posted, 6n);
  assert.equal(ledger.find(channel)?.released, 1n);
});
