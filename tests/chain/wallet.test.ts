import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { beginCell, type Cell } from "@ton/core";
import { WalletContractV5R1 } from "@ton/ton";
import { startDevnet } from "@cocoon/devnet";
import { CocoonError, createSigningKey, nanotons } from "@cocoon/protocol";
import { createChainClient, createWallet, registerProxyBond, updateProxyBond } from "@cocoon/sdk";
import { pollMs, requestTimeoutMs, seedOf, devnetSuite, ton, tons } from "./devnet-chain.ts";

const shop = `0:${"55".repeat(32)}`;

devnetSuite("createWallet() with one send", (chain) => {
  test("has an address of its own on each network", async () => {
    const { url } = chain().devnet;
    const onNetwork = (networkId: number) => {
      const client = createChainClient({ endpoints: [url], networkId, requestTimeoutMs });
      return createWallet({ client, seed: seedOf("anyone") }).address;
    };
    assert.notEqual(onNetwork(-7239), onNetwork(-239));
    const publicKey = Buffer.from(createSigningKey(seedOf("anyone")).publicKey);
    const reference = WalletContractV5R1.create({ publicKey });
    assert.equal(onNetwork(-239), reference.address.toRawString());
  });

  test("send() refuses what the wallet cannot pay, and no or too many messages", async () => {
    const poor = await chain().wallet("poor", 1n);
    const pay = { to: shop, value: tons(1n), bounce: false };
    await assert.rejects(poor.send([pay]), { code: "wallet_insufficient" });
    await assert.rejects(poor.send([]), RangeError);
    await assert.rejects(poor.send(Array.from({ length: 256 }, () => pay)), RangeError);
    assert.equal(await poor.balance(), ton);
  });

  test("send() deploys the wallet with its first transfer and accounts for every nanoton", async () => {
    const wallet = await chain().wallet("payer", 10n);
    const target = `0:${"56".repeat(32)}`;
    for (const count of [1, 3]) {
      const held = await wallet.balance();
      const message = { to: target, value: tons(1n), bounce: false };
      const result = await wallet.send(Array.from({ length: count }, () => message));
      assert.equal(result.received.length, count);
      for (const received of result.received) assert.equal(received.incoming?.value, ton);
      const sent = BigInt(count) * ton;
      assert.equal(await wallet.balance(), held - sent - result.transaction.feeNanotons);
      assert.ok(result.feeNanotons >= result.transaction.feeNanotons);
    }
    assert.equal((await chain().client.account(target)).balance, 4n * ton);
  });

  test("send() throws chain_unavailable at once when it could not even ask", async () => {
    const endpoints = ["http://127.0.0.1:9/api/v2/jsonRPC"];
    const client = createChainClient({ endpoints, networkId: -7239, requestTimeoutMs });
    const wallet = createWallet({ client, seed: seedOf("nowhere") });
    const sending = wallet.send([{ to: shop, value: nanotons(1n) }]);
    await assert.rejects(sending, { code: "chain_unavailable" });
  });
});

devnetSuite("createWallet() with many users and failures", (chain) => {
  test("send() called many times at once sends one after another", async () => {
    const wallet = await chain().wallet("busy", 10n);
    const target = `0:${"57".repeat(32)}`;
    const results = await Promise.all(
      [1n, 2n, 3n, 4n, 5n].map((value) =>
        wallet.send([{ to: target, value: nanotons(value), bounce: false }]),
      ),
    );
    const lts = results.map(({ transaction }) => transaction.lt);
    assert.deepEqual(
      lts,
      lts.toSorted((a, b) => (a < b ? -1 : 1)),
    );
    assert.deepEqual(
      results.map(({ received }) => received[0]?.incoming?.value),
      [1n, 2n, 3n, 4n, 5n],
    );
  });

  test("send() gets through although another process uses the same key", async () => {
    const one = await chain().wallet("shared", 10n);
    const other = await chain().wallet("shared", 0n);
    const target = `0:${"58".repeat(32)}`;
    const pay = (wallet: typeof one, value: bigint) =>
      wallet.send([{ to: target, value: nanotons(value), bounce: false }]);
    await pay(one, 1n);
    await Promise.all([pay(one, 2n), pay(other, 3n), pay(one, 4n), pay(other, 5n)]);
    assert.equal((await chain().client.account(target)).balance, 15n);
  });

  test("send() throws transaction_failed with the contract's own words, and the value returns", async () => {
    const owner = await chain().wallet("owner", 20n);
    const stranger = await chain().wallet("stranger", 5n);
    const terms = {
      url: "cocoon://here:1",
      logKey: seedOf("any point will do"),
      feeBps: 1,
      closeDelaySeconds: 172_800,
    };
    const budget = { bond: tons(1n), anchorBudget: tons(1n) };
    const { proxyBond } = await registerProxyBond(owner, { salt: 9n, ...budget, terms });
    const changing = updateProxyBond(stranger, proxyBond, { url: "mine", feeBps: 1 });
    const failure: unknown = await changing.catch((error: unknown) => error);
    assert.ok(failure instanceof CocoonError && failure.code === "transaction_failed");
    const { lastHash, lastLt } = await chain().client.account(proxyBond);
    assert.deepEqual(failure.details, {
      phase: "compute",
      exitCode: 403,
      name: "NotOwner",
      account: proxyBond,
      hash: lastHash,
      lt: lastLt.toString(),
    });
    assert.ok((await stranger.balance()) > 4n * ton + ton / 2n);
    const body = beginCell().storeUint(1, 32).endCell();
    const toNobody = stranger.send([{ to: shop, value: tons(1n), body }]);
    await assert.rejects(toNobody, { code: "transaction_failed" });
  });
});

devnetSuite("createWallet() when messages are lost", (chain) => {
  const target = `0:${"59".repeat(32)}`;

  test("send() sees that its turn went to another user of the key, and takes the next", async () => {
    const other = await chain().wallet("twin", 10n);
    await other.send([{ to: target, value: nanotons(1n), bounce: false }]);
    const { client } = chain();
    let lost = 0;
    const lossy = {
      ...client,
      sendExternal: async (message: Cell) => {
        lost += 1;
        if (lost > 1) await client.sendExternal(message);
        else await other.send([{ to: target, value: nanotons(2n), bounce: false }]);
      },
    };
    const wallet = createWallet({ client: lossy, seed: seedOf("twin") });
    await wallet.send([{ to: target, value: nanotons(4n), bounce: false }]);
    assert.equal((await client.account(target)).balance, 7n);
    assert.equal(lost, 2);
  });

  test("send() fails for certain when its transfer can be executed no more", async () => {
    const { client, devnet } = chain();
    const lossy = { ...client, sendExternal: () => devnet.advanceTime(131) };
    const seed = seedOf("unheard");
    const wallet = createWallet({ client: lossy, seed });
    await devnet.faucet(wallet.address, ton);
    const sending = wallet.send([{ to: target, value: nanotons(1n), bounce: false }]);
    await assert.rejects(sending, { code: "transaction_failed" });
    assert.equal(await wallet.balance(), ton);
  });
});

test("a wallet's send outlives a chain that goes away and comes back", async () => {
  const home = await mkdtemp(join(tmpdir(), "cocoon-chain-"));
  let devnet = await startDevnet({ home, port: 0, blockMs: 50 });
  try {
    const { port, networkId, url } = devnet;
    // The chain stops while the wallet waits for the first time, and is back before it asks again.
    let waits = 0;
    const clock = {
      nowMs: () => Date.now(),
      wait: async () => {
        waits += 1;
        if (waits === 1) await devnet.stop();
        if (waits === 3) devnet = await startDevnet({ home, port, blockMs: 50 });
      },
    };
    const options = { endpoints: [url], networkId, requestTimeoutMs, pollMs };
    const direct = createChainClient(options);
    // Its messages are lost before the stop and passed on after it.
    const client = {
      ...direct,
      clock,
      sendExternal: async (message: Cell) => {
        if (waits >= 3) await direct.sendExternal(message);
      },
    };
    const wallet = createWallet({ client, seed: seedOf("patient") });
    await devnet.faucet(wallet.address, 5n * ton);
    const result = await wallet.send([{ to: shop, value: tons(1n), bounce: false }]);
    assert.equal(result.received[0]?.incoming?.value, ton);
    assert.equal((await direct.account(shop)).balance, ton);
    assert.ok(waits >= 3);
  } finally {
    await devnet.stop();
    await rm(home, { recursive: true });
  }
});
