import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError, createSigningKey } from "@cocoon/protocol";
import {
  anchorCheckpoint,
  anchorTransaction,
  readProxyBond,
  registerProxyBond,
  requestProxyUnbond,
  updateProxyBond,
  withdrawProxyBond,
  withdrawProxySurplus,
} from "@cocoon/sdk";
import { seedOf, devnetSuite, ton, tons } from "./devnet-chain.ts";

const logKey = createSigningKey(seedOf("log"));

const terms = {
  url: "cocoon://127.0.0.1:10010",
  logKey: logKey.publicKey,
  feeBps: 300,
  closeDelaySeconds: 172_800,
};
const budget = { bond: tons(10n), anchorBudget: tons(1n) };

devnetSuite("a proxy bond through the SDK", (chain) => {
  test("registerProxyBond() and updateProxyBond() declare what clients read", async () => {
    const owner = await chain().wallet("proxy", 50n);
    const { proxyBond } = await registerProxyBond(owner, { salt: 0n, ...budget, terms });
    const registered = await readProxyBond(chain().client, proxyBond);
    assert.ok(registered?.phase === "bonded");
    assert.deepEqual([registered.bond, registered.url], [tons(10n), terms.url]);
    const update = { url: "cocoon://elsewhere:1", feeBps: 0 };
    await updateProxyBond(owner, proxyBond, update);
    const updated = await readProxyBond(chain().client, proxyBond);
    assert.deepEqual(updated, { ...registered, ...update });
  });

  test("anchorCheckpoint() anchors, and anchorTransaction() finds each checkpoint again", async () => {
    const { client } = chain();
    const owner = await chain().wallet("logger", 50n);
    const { proxyBond } = await registerProxyBond(owner, { salt: 0n, ...budget, terms });
    const timestampSeconds = (await client.account(proxyBond)).seenAtSeconds;
    const anchorOf = (treeSize: number) => {
      return { proxyBond, logKey, treeSize, root: seedOf(`root ${treeSize}`), timestampSeconds };
    };
    for (const [index, treeSize] of [1, 7, 30].entries()) {
      const anchor = anchorOf(treeSize);
      const { hash, lt, feeNanotons } = await anchorCheckpoint(client, anchor);
      assert.ok(feeNanotons < 1_000_000n);
      const found = await anchorTransaction(client, proxyBond, anchor);
      assert.deepEqual([found?.hash, found?.lt, found?.checkpoint.count], [hash, lt, index + 1]);
    }
    const first = await anchorTransaction(client, proxyBond, anchorOf(1));
    assert.equal(first?.checkpoint.treeSize, 1);
    for (const absent of [anchorOf(8), { ...anchorOf(7), root: seedOf("other") }, anchorOf(31)]) {
      assert.equal(await anchorTransaction(client, proxyBond, absent), undefined);
    }
    await assert.rejects(anchorCheckpoint(client, anchorOf(7)), (error: unknown) => {
      assert.ok(error instanceof CocoonError && error.code === "transaction_failed");
      assert.equal(error.details["name"], "StaleCheckpoint");
      return true;
    });
  });

  test("an owner gets back budget and bond after the close delay", async () => {
    const owner = await chain().wallet("leaver", 50n);
    const { proxyBond } = await registerProxyBond(owner, { salt: 1n, ...budget, terms });
    await requestProxyUnbond(owner, proxyBond);
    await withdrawProxySurplus(owner, proxyBond);
    await assert.rejects(withdrawProxyBond(owner, proxyBond), { code: "transaction_failed" });
    await chain().devnet.advanceTime(172_800);
    await withdrawProxyBond(owner, proxyBond);
    assert.equal((await readProxyBond(chain().client, proxyBond))?.phase, "unregistered");
    assert.ok((await owner.balance()) > 49n * ton + ton / 2n);
  });
});
