import { createSigningKey, verifyVoucher } from "@cocoon/protocol";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedAnswer, PaymentMemory } from "../../testing/payment-memory.ts";
import type { PaymentStore } from "./payment-store.ts";
import { Purse } from "./purse.ts";

const channel = `0:${"aa".repeat(32)}`;
const networkId = -7239;
const sessionKey = createSigningKey(new Uint8Array(32).fill(1));

const open = (store: PaymentStore): Promise<Purse> =>
  Purse.open({ channel, store, sessionKey, networkId });
test("takeSequence() fails for all who wait when the store fails, and goes on when it works again", async () => {
  const store = new PaymentMemory();
  const purse = await open(store);
  store.isFailing = true;
  const outcomes = await Promise.allSettled([purse.takeSequence(), purse.takeSequence()]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  store.isFailing = false;
  assert.deepEqual(await Promise.all([purse.takeSequence(), purse.takeSequence()]), [0, 1]);
});

test("accept() spends nothing that was not stored", async () => {
  const store = new PaymentMemory();
  const purse = await open(store);
  await purse.accept(acceptedAnswer(channel, "a", 5n));
  store.isFailing = true;
  await assert.rejects(purse.accept(acceptedAnswer(channel, "b", 7n)), { code: "storage_failed" });
  assert.equal(purse.spent, 5n);
  assert.deepEqual(await purse.reconcile(["a", "b"]), ["a"]);
});

test("voucher() is signed for exactly what is spent, also by the purse after a restart", async () => {
  const store = new PaymentMemory();
  const purse = await open(store);
  await Promise.all([
    purse.accept(acceptedAnswer(channel, "a", 5n)),
    purse.accept(acceptedAnswer(channel, "b", 7n)),
  ]);
  await purse.accept(acceptedAnswer(channel, "b", 7n));
  for (const { voucher } of [
    { voucher: await purse.voucher() },
    { voucher: await (await open(store)).voucher() },
  ]) {
    assert.equal(voucher.cumulative, 12n);
    assert.equal(voucher.channel, channel);
    assert.ok(verifyVoucher(sessionKey.publicKey, networkId, voucher));
  }
});

test("takeSequence() never gives a number twice, whatever is taken at once and however often it crashes", async () => {
  const taken = fc.array(fc.nat(600), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(taken, async (lives) => {
      const store = new PaymentMemory();
      const seen: number[] = [];
      for (const count of lives) {
        const purse = await open(store);
        const takes = Array.from({ length: count }, () => purse.takeSequence());
        seen.push(...(await Promise.all(takes)));
      }
      assert.equal(new Set(seen).size, seen.length);
    }),
    { numRuns: 30 },
  );
});
