import {
  CocoonError,
  createSigningKey,
  nanotons,
  type Nanotons,
  verifyVoucher,
} from "@cocoon/protocol";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AcceptedAnswer, PaymentStore } from "./payment-store.ts";
import { Purse } from "./purse.ts";

const channel = `0:${"aa".repeat(32)}`;
const networkId = -7239;
const sessionKey = createSigningKey(new Uint8Array(32).fill(1));

/** What survives a crash, and can be made to fail. */
class Memory implements PaymentStore {
  readonly #answers = new Map<string, AcceptedAnswer>();
  #next = 0;
  isFailing = false;

  async reserveSequences(_channel: string, count: number): Promise<number> {
    await this.#write();
    const first = this.#next;
    this.#next += count;
    return first;
  }

  async accept(answer: AcceptedAnswer): Promise<void> {
    await this.#write();
    this.#answers.set(answer.request, answer);
  }

  spent(): Promise<Nanotons> {
    const amounts = [...this.#answers.values()].map(({ amount }) => amount);
    return Promise.resolve(nanotons(amounts.reduce((sum, amount) => sum + amount, 0n)));
  }

  reconcile(requests: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(requests.filter((request) => this.#answers.has(request)));
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    if (this.isFailing) throw new CocoonError("storage_failed");
  }
}

const open = (store: PaymentStore): Promise<Purse> =>
  Purse.open({ channel, store, sessionKey, networkId });
const answerOf = (request: string, amount: bigint): AcceptedAnswer => {
  const empty = new Uint8Array();
  const proof = { receipt: empty, salt: empty, promise: empty, bundle: empty };
  return { request, channel, amount: nanotons(amount), ...proof, acceptedAtMs: 0 };
};

test("takeSequence() fails for all who wait when the store fails, and goes on when it works again", async () => {
  const store = new Memory();
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
  const store = new Memory();
  const purse = await open(store);
  await purse.accept(answerOf("a", 5n));
  store.isFailing = true;
  await assert.rejects(purse.accept(answerOf("b", 7n)), { code: "storage_failed" });
  assert.equal(purse.spent, 5n);
  assert.deepEqual(await purse.reconcile(["a", "b"]), ["a"]);
});

test("voucher() is signed for exactly what is spent, also by the purse after a restart", async () => {
  const store = new Memory();
  const purse = await open(store);
  await Promise.all([purse.accept(answerOf("a", 5n)), purse.accept(answerOf("b", 7n))]);
  await purse.accept(answerOf("b", 7n));
  for (const { voucher } of [
    { voucher: purse.voucher() },
    { voucher: (await open(store)).voucher() },
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
      const store = new Memory();
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
