// A payee counts a deposit when it is final, not when it is first seen.

import { createSigningKey } from "@cocoon/protocol";
import { type ChainClient, openChannel, topUpChannel } from "@cocoon/sdk";
import {
  IncomingLedger,
  ledgerMigrations,
  openStore,
  refreshIncomingChannel,
} from "@cocoon/services";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { devnetSuite, seedOf, tons } from "./devnet-chain.ts";

const nobody = `0:${"11".repeat(32)}`;

devnetSuite("refreshIncomingChannel() on a network that needs a block more", (chain) => {
  /** A channel of 10 TON on the devnet, and the empty books of its payee. */
  async function open(context: TestContext, name: string) {
    const home = mkdtempSync(join(tmpdir(), "cocoon-deposit-"));
    const store = openStore(join(home, "books.db"), ledgerMigrations);
    context.after(() => {
      store.close();
      rmSync(home, { recursive: true, force: true });
    });
    const payer = await chain().wallet(`${name} payer`, 100n);
    const payee = await chain().wallet(`${name} payee`, 1n);
    const { channel } = await openChannel(payer, {
      payee: payee.address,
      sessionKey: createSigningKey(seedOf("final session")).publicKey,
      closeTimeoutSeconds: 60,
      salt: 1n,
      deposit: tons(10n),
    });
    const ledger = new IncomingLedger(store, chain().devnet.networkId);
    return { ledger, payer, payee, channel };
  }

  test("counts what was there before the block, and a later top-up a block later", async (context) => {
    const { client, devnet } = chain();
    const { ledger, payer, payee, channel } = await open(context, "final");
    let blocks = 0;
    let isToppedUp = false;
    const careful: ChainClient = {
      ...client,
      finalityBlocks: 1,
      clock: {
        ...client.clock,
        wait: async () => {
          blocks += 1;
          await devnet.faucet(nobody, 1n);
        },
      },
      masterchain: async () => {
        if (!isToppedUp) await topUpChannel(payer, channel, tons(5n));
        isToppedUp = true;
        return await client.masterchain();
      },
    };
    const refresh = () => refreshIncomingChannel(careful, ledger, channel, payee.address);
    assert.equal((await refresh()).deposit, tons(10n));
    assert.ok(isToppedUp && blocks > 0);
    assert.equal((await refresh()).deposit, tons(15n));
    const before = blocks;
    assert.equal((await refresh()).deposit, tons(15n));
    assert.equal(blocks, before, "nothing new, so nothing to wait for");
  });

  test("fails, and counts nothing, while no block comes", async (context) => {
    const { client } = chain();
    const { ledger, payee, channel } = await open(context, "stalled");
    let nowMs = 0;
    const stalled: ChainClient = {
      ...client,
      finalityBlocks: 1,
      masterchain: () => Promise.resolve({ seqno: 1 }),
      clock: {
        nowMs: () => nowMs,
        wait: (durationMs) => {
          nowMs += durationMs;
          return Promise.resolve();
        },
      },
    };
    const refreshing = refreshIncomingChannel(stalled, ledger, channel, payee.address);
    await assert.rejects(refreshing, { code: "chain_unavailable" });
    assert.equal(ledger.find(channel), undefined);
  });
});
