// A log anchored within a budget, on a chain whose answers get lost: what the bond paid is what the budget counts.

import { CocoonError, createSigningKey, nanotons, utf8 } from "@cocoon/protocol";
import { anchorsAfter, type ChainClient, registerProxyBond } from "@cocoon/sdk";
import {
  AnchorBudget,
  anchorLog,
  createLogger,
  openStore,
  ReceiptLog,
  receiptLogMigrations,
} from "@cocoon/services";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { devnetSuite, seedOf, tons } from "./devnet-chain.ts";

const logKey = createSigningKey(seedOf("log"));
const terms = {
  url: "cocoon://127.0.0.1:10010",
  logKey: logKey.publicKey,
  feeBps: 0,
  closeDelaySeconds: 172_800,
};
const hourMs = 3_600_000;
/** One anchor an hour, at the fee that a budget supposes before it knows. */
const perDay = nanotons(24n * 700_000n);

devnetSuite("a log that is anchored within a budget", (chain) => {
  test("counts an anchor whose confirmation was lost, though a later checkpoint outran it", async (context) => {
    const { client } = chain();
    const owner = await chain().wallet("proxy", 50n);
    const stake = { bond: tons(10n), anchorBudget: tons(1n) };
    const { proxyBond: bond } = await registerProxyBond(owner, { salt: 0n, ...stake, terms });
    const home = mkdtempSync(join(tmpdir(), "cocoon-anchoring-"));
    const store = openStore(join(home, "proxy.db"), receiptLogMigrations);
    context.after(() => {
      store.close();
      rmSync(home, { recursive: true, force: true });
    });
    const log = new ReceiptLog(store, logKey, bond, client.networkId);
    const startMs = (await client.account(bond)).seenAtSeconds * 1_000;
    let passedMs = 0;
    const budget = new AnchorBudget(perDay, startMs);
    const anchor = (over: ChainClient): Promise<void> =>
      anchorLog({
        client: over,
        log,
        logKey,
        bond,
        anchorable: () => log.size,
        budget,
        now: () => startMs + passedMs,
        logger: createLogger({ role: "test", level: "silent" }),
      });
    const grow = async (): Promise<void> => {
      const request = log.size.toString(16).padStart(32, "0");
      await store.commit((db) => log.append(db, [{ request, receipt: utf8(request) }]));
      await log.publishCheckpoint();
    };
    const balance = async (): Promise<bigint> => (await client.account(bond)).balance;
    const taken = () => anchorsAfter(client, bond, { afterLt: 0n, transactionsMax: 256 });
    const before = await balance();

    await grow();
    const isTaken = async (): Promise<boolean> => (await taken()).length > 0;
    await assert.rejects(anchor(deaf(client, isTaken)), { code: "chain_unavailable" });
    assert.equal((await taken()).length, 1);
    assert.equal(log.anchoredSize, 0);

    await grow();
    await anchor(client);
    assert.equal((await taken()).length, 1, "what the lost one cost was all that was saved");
    assert.equal(log.anchoredSize, 0);

    passedMs += hourMs;
    await chain().devnet.advanceTime(hourMs / 1_000);
    await anchor(client);
    const anchors = await taken();
    assert.deepEqual(
      anchors.map(({ head }) => head.size),
      [1, 2],
    );
    assert.equal(log.anchoredSize, 2);

    await grow();
    await anchor(client);
    const paid = anchors.reduce((sum, { feeNanotons }) => sum + feeNanotons, 0n);
    assert.equal(before - (await balance()), paid, "all that left the bond was counted");
    assert.ok(paid <= 700_000n + (perDay * BigInt(passedMs)) / BigInt(24 * hourMs));
  });
});

/** A client that hears nothing more once it has sent: it gives up as soon as there is what it should have heard of. */
function deaf(client: ChainClient, isTaken: () => Promise<boolean>): ChainClient {
  let hasSent = false;
  let waitedMs = 0;
  const wait = async (): Promise<void> => {
    while (!(await isTaken())) await client.clock.wait(client.pollMs);
    waitedMs += 10 * 60_000;
  };
  return {
    ...client,
    clock: { nowMs: () => client.clock.nowMs() + waitedMs, wait },
    sendExternal: async (message) => {
      await client.sendExternal(message);
      hasSent = true;
    },
    transactions: async (address, page) => {
      if (hasSent) throw new CocoonError("chain_unavailable");
      return await client.transactions(address, page);
    },
  };
}
