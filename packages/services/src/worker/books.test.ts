import { createSigningKey, nanotons, signVoucher } from "@cocoon/protocol";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { IncomingLedger } from "../ledger/index.ts";
import { openStore } from "../store/index.ts";
import { WorkerBooks } from "./books.ts";
import { Earnings } from "./earnings.ts";
import { workerMigrations } from "./migrations.ts";

const networkId = -7_239;
const dayMs = 86_400_000;
const key = createSigningKey(new Uint8Array(32).fill(1));
const channels = [`0:${"aa".repeat(32)}`, `0:${"bb".repeat(32)}`] as const;
const always = { fromMs: 0, untilMs: 100 * dayMs };

const done = fc.record({
  channel: fc.nat(1),
  model: fc.constantFrom("small", "large"),
  amount: fc.bigInt(0n, 10n ** 12n),
  atMs: fc.nat(3 * dayMs),
  promptTokens: fc.nat(1_000),
  completionTokens: fc.nat(1_000),
  fate: fc.constantFrom("posted", "released", "pending"),
});
const claims = fc.array(fc.bigInt(0n, 50n), { maxLength: 4 });

suite("WorkerBooks", () => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-books-"));
  let opened = 0;
  const open = async () => {
    opened += 1;
    const store = openStore(join(folder, `${opened}.db`), workerMigrations);
    const ledger = new IncomingLedger(store, networkId);
    const record = async (address: string, claimed: bigint, seenAtMs: number): Promise<void> =>
      await ledger.recordChain({
        address,
        payer: address,
        sessionKey: key.publicKey,
        phase: "open",
        deposit: nanotons(1_000n),
        claimed: nanotons(claimed),
        seenAtMs,
      });
    for (const address of channels) await record(address, 0n, 1);
    const earnings = new Earnings(store, ledger, nanotons(1n));
    return { store, ledger, record, earnings, books: new WorkerBooks(store, networkId) };
  };
  after(() => rmSync(folder, { recursive: true, force: true }));

  test("earnings() by day and model add up to the ledger, to the nanoton", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(done, { maxLength: 20 }), async (answers) => {
        const { books, earnings, ledger, store } = await open();
        for (const [
          index,
          { fate, channel, promptTokens, completionTokens, ...answer },
        ] of answers.entries()) {
          const request = index.toString(16).padStart(32, "0");
          await earnings.handIn({
            ...answer,
            request,
            channel: channels[channel] ?? "",
            amount: nanotons(answer.amount),
            usage: { promptTokens, completionTokens },
            durationMs: 1,
          });
          if (fate !== "pending")
            await earnings.reconcile([request], fate === "posted" ? [request] : []);
        }
        const rows = books.earnings(always);
        const sumOf = (field: "earnedNanotons" | "pendingNanotons" | "lostNanotons"): bigint =>
          rows.reduce((total, row) => total + BigInt(row[field]), 0n);
        const held = ledger.list();
        const heldOf = (field: "posted" | "pending" | "released"): bigint =>
          held.reduce((total, row) => total + row[field], 0n);
        assert.deepEqual(
          [sumOf("earnedNanotons"), sumOf("pendingNanotons"), sumOf("lostNanotons")],
          [heldOf("posted"), heldOf("pending"), heldOf("released")],
        );
        const keys = rows.map(({ day, model }) => `${day} ${model}`);
        assert.deepEqual(keys, [...new Set(keys)].toSorted());
        const sum = books.sum(always);
        assert.equal(sum.answers, answers.length);
        assert.equal(BigInt(sum.earnedNanotons), heldOf("posted"));
        assert.equal(books.money(nanotons(5n)).earnedNanotons, heldOf("posted").toString());
        assert.equal(books.jobs(1_000).length, answers.length);
        store.close();
      }),
      { numRuns: 12 },
    );
  });

  test("payouts() of a channel add up to what it claimed on chain, whatever was read when", async () => {
    await fc.assert(
      fc.asyncProperty(claims, async (seen) => {
        const { books, ledger, record, store } = await open();
        let claimed = 0n;
        for (const [index, more] of seen.entries()) {
          claimed += more;
          await record(channels[0], claimed, index);
        }
        const paid = books.payouts(100).reduce((sum, row) => sum + BigInt(row.amountNanotons), 0n);
        assert.equal(paid, ledger.find(channels[0])?.claimed);
        assert.equal(books.money(nanotons(5n)).paidOutNanotons, claimed.toString());
        store.close();
      }),
      { numRuns: 10 },
    );
  });

  test("sum() takes a day's first moment and not the next one's", async () => {
    const { books, earnings, store } = await open();
    for (const [request, atMs] of [
      ["a", dayMs - 1],
      ["b", dayMs],
      ["c", 2 * dayMs],
    ] as const) {
      const usage = { promptTokens: 1, cachedTokens: 1, completionTokens: 2 };
      const amount = nanotons(7n);
      await earnings.handIn({
        request,
        channel: channels[0],
        amount,
        atMs,
        model: "m",
        usage,
        durationMs: 3,
      });
    }
    const today = books.sum({ fromMs: dayMs, untilMs: 2 * dayMs });
    assert.deepEqual([today.answers, today.pendingNanotons, today.cachedTokens], [1, "7", 1]);
    assert.deepEqual(
      books.earnings(always).map(({ day }) => day),
      ["1970-01-01", "1970-01-02", "1970-01-03"],
    );
    const [newest] = books.jobs(1);
    assert.deepEqual([newest?.requestId, newest?.state, newest?.durationMs], ["c", "pending", 3]);
    await earnings.holdVoucher(signVoucher(key, networkId, channels[0], nanotons(14n)));
    assert.equal(books.money(nanotons(5n)).voucheredNanotons, "14");
    store.close();
  });
});
