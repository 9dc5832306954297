// The unmodified TonClient of @ton/ton against the devnet.

import { JsonReader } from "@cocoon/protocol";
import {
  beginCell,
  Cell,
  external,
  loadMessage,
  storeMessage,
  type Transaction,
  type TupleItem,
} from "@ton/core";
import { TonClient } from "@ton/ton";
import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { createTestWallet } from "../../testing/wallet.ts";

const alice = createTestWallet(1);
const bob = createTestWallet(2);
const ton = 1_000_000_000n;
const aliceAddress = alice.contract.address;
const bobAddress = bob.contract.address;

/** Gives Alice money and lets her pay Bob this often, once per message. */
async function payBob({ ledger, client }: TestServer, count: number): Promise<void> {
  await ledger.mint(alice.address, 100n * ton);
  for (let seqno = 0; seqno < count; seqno += 1) {
    const transfers = [{ to: bob.address, nanotons: ton, body: `payment ${seqno}` }];
    await client.sendFile(await alice.sign(seqno, transfers));
  }
}

function bodyOf(boc: Buffer): Cell {
  const message = Cell.fromBoc(boc)[0];
  assert.ok(message);
  return loadMessage(message.beginParse()).body;
}

test("sendFile() of a wrong seqno is refused with the exit code", async (context) => {
  const server = await startTestServer(context);
  await payBob(server, 1);
  const boc = await alice.sign(7, [{ to: bob.address, nanotons: ton }]);
  await assert.rejects(server.client.sendFile(boc), (error: unknown) => {
    const answer = new JsonReader(error, "internal").object("response");
    assert.equal(answer.uint("status"), 500);
    assert.match(answer.object("data").string("error"), /exitcode=133/);
    return true;
  });
});

test("a v5r1 wallet deploys itself with its first batch", async (context) => {
  const { ledger, client } = await startTestServer(context);
  const wallet = client.open(alice.contract);
  assert.equal(await client.isContractDeployed(aliceAddress), false);
  assert.equal(await wallet.getSeqno(), 0);
  await ledger.mint(alice.address, 10n * ton);
  assert.equal(await wallet.getBalance(), 10n * ton);
  const transfers = [1n, 2n].map((nanotons) => ({ to: bob.address, nanotons }));
  await client.sendFile(await alice.sign(0, transfers));
  assert.equal(await client.isContractDeployed(aliceAddress), true);
  assert.equal(await wallet.getSeqno(), 1);
  assert.equal(await client.getBalance(bobAddress), 3n);
});

test("getTransactions() pages through the whole history by logical time and hash", async (context) => {
  const server = await startTestServer(context);
  await payBob(server, 7);
  const history: Transaction[] = [];
  let cursor: { lt: string; hash: string } | undefined;
  for (;;) {
    const page = await server.client.getTransactions(aliceAddress, { limit: 3, ...cursor });
    history.push(...page);
    const last = page.at(-1);
    if (last === undefined) break;
    cursor = { lt: last.lt.toString(), hash: last.hash().toString("base64") };
  }
  assert.equal(history.length, 8);
  for (const [index, transaction] of history.entries()) {
    const older = history[index + 1];
    assert.equal(transaction.prevTransactionLt, older?.lt ?? 0n);
    assert.equal(
      transaction.prevTransactionHash,
      older ? BigInt(`0x${older.hash().toString("hex")}`) : 0n,
    );
  }
});

test("getTransactions() refuses a cursor that does not exist", async (context) => {
  const server = await startTestServer(context);
  await payBob(server, 1);
  const hash = Buffer.alloc(32).toString("base64");
  const [newest] = await server.client.getTransactions(aliceAddress, { limit: 1 });
  assert.ok(newest);
  const wrongHash = { limit: 1, lt: newest.lt.toString(), hash };
  await assert.rejects(server.client.getTransactions(aliceAddress, wrongHash));
  await assert.rejects(server.client.getTransactions(aliceAddress, { limit: 1, lt: "5", hash }));
});

test("getTransaction() finds one by its name, with its messages", async (context) => {
  const server = await startTestServer(context);
  await payBob(server, 1);
  const [received] = await server.client.getTransactions(bobAddress, { limit: 1 });
  assert.ok(received);
  const hash = received.hash().toString("base64");
  const found = await server.client.getTransaction(bobAddress, received.lt.toString(), hash);
  assert.deepEqual(found?.hash(), received.hash());
  const info = found?.inMessage?.info;
  assert.ok(info?.type === "internal");
  assert.equal(info.value.coins, ton);
  assert.ok(info.src.equals(aliceAddress));
});

test("tryLocateResultTx() and tryLocateSourceTx() follow a message both ways", async (context) => {
  const server = await startTestServer(context);
  await payBob(server, 3);
  for (const received of await server.client.getTransactions(bobAddress, { limit: 3 })) {
    const info = received.inMessage?.info;
    assert.ok(info?.type === "internal");
    const name = [aliceAddress, bobAddress, info.createdLt.toString()] as const;
    const result = await server.client.tryLocateResultTx(...name);
    assert.deepEqual(result.hash(), received.hash());
    const source = await server.client.tryLocateSourceTx(...name);
    assert.ok(source.outMessages.values().some((message) => message.info.type === "internal"));
    assert.ok(source.lt < result.lt);
  }
  await assert.rejects(server.client.tryLocateResultTx(aliceAddress, bobAddress, "3"));
  await assert.rejects(server.client.tryLocateSourceTx(aliceAddress, bobAddress, "3"));
});

test("getMasterchainInfo(), getWorkchainShards() and getShardTransactions() lead to every transaction", async (context) => {
  const server = await startTestServer(context);
  await payBob(server, 3);
  const { initSeqno, latestSeqno, workchain } = await server.client.getMasterchainInfo();
  assert.equal(workchain, -1);
  assert.equal(initSeqno, 1);
  let count = 0;
  for (let seqno = initSeqno; seqno <= latestSeqno; seqno += 1) {
    const [shard, ...others] = await server.client.getWorkchainShards(seqno);
    assert.ok(shard);
    assert.deepEqual(others, []);
    const found = await server.client.getShardTransactions(0, shard.seqno, shard.shard);
    for (const { account, lt, hash } of found) {
      assert.ok(await server.client.getTransaction(account, lt, hash));
    }
    count += found.length;
  }
  assert.equal(count, server.ledger.history.rows.length);
  await assert.rejects(server.client.getWorkchainShards(latestSeqno + 1));
});

test("estimateExternalMessageFee() tells what the transfer then costs", async (context) => {
  const server = await startTestServer(context);
  await payBob(server, 1);
  const boc = await alice.sign(1, [{ to: bob.address, nanotons: ton }]);
  const body = bodyOf(boc);
  const args = { body, initCode: null, initData: null, ignoreSignature: true };
  const { source_fees: fees } = await server.client.estimateExternalMessageFee(aliceAddress, args);
  const before = await server.client.getBalance(aliceAddress);
  await server.client.sendFile(boc);
  const cost = before - (await server.client.getBalance(aliceAddress)) - ton;
  assert.equal(BigInt(fees.in_fwd_fee + fees.storage_fee + fees.gas_fee + fees.fwd_fee), cost);
});

test("estimateExternalMessageFee() takes the code of a wallet that is not there yet", async (context) => {
  const { ledger, client } = await startTestServer(context);
  await ledger.mint(alice.address, ton);
  const boc = await alice.sign(0, [{ to: bob.address, nanotons: 1n }]);
  const body = bodyOf(boc);
  const { code, data } = alice.contract.init;
  const args = { body, initCode: code, initData: data, ignoreSignature: true };
  const { source_fees: fees } = await client.estimateExternalMessageFee(aliceAddress, args);
  assert.ok(fees.gas_fee > 0);
});

test("runMethod() passes arguments and gets back each kind of item", async (context) => {
  const { ledger, client } = await startTestServer(context);
  await ledger.mint(alice.address, 10n * ton);
  await client.sendFile(await alice.sign(0, [{ to: bob.address, nanotons: ton }]));
  const publicKey = await client.runMethod(aliceAddress, "get_public_key");
  const expected = BigInt(`0x${alice.contract.publicKey.toString("hex")}`);
  assert.equal(publicKey.stack.readBigNumber(), expected);
  const extensions = await client.runMethod(aliceAddress, "get_extensions");
  assert.equal(extensions.stack.readCellOpt(), null);
  // Arguments that a method does not take stay below its result.
  const cell = beginCell().storeUint(5, 8).endCell();
  const given: TupleItem[] = [
    { type: "int", value: -7n },
    { type: "cell", cell },
    { type: "slice", cell },
  ];
  const { stack } = await client.runMethod(aliceAddress, "seqno", given);
  assert.equal(stack.readBigNumber(), -7n);
  assert.ok(stack.readCell().equals(cell));
  assert.ok(stack.readCell().equals(cell));
  assert.equal(stack.readNumber(), 1);
});

test("runMethod() tells of an account without code and of an unknown method", async (context) => {
  const { ledger, client } = await startTestServer(context);
  const missing = await client.runMethodWithError(aliceAddress, "seqno");
  assert.equal(missing.exit_code, -13);
  await ledger.mint(alice.address, 10n * ton);
  await client.sendFile(await alice.sign(0, [{ to: bob.address, nanotons: ton }]));
  await assert.rejects(client.runMethod(aliceAddress, "no_such_method"), /exit_code: 11/);
});

test("sendExternalMessage() reaches a contract through openContract as well", async (context) => {
  const { ledger, client } = await startTestServer(context);
  await ledger.mint(alice.address, 10n * ton);
  const boc = await alice.sign(0, [{ to: bob.address, nanotons: ton }]);
  const body = bodyOf(boc);
  await client.sendExternalMessage(alice.contract, body);
  assert.equal(await client.getBalance(bobAddress), ton);
});

test("a client sees what a send did as soon as it is acknowledged", async (context) => {
  const server = await startTestServer(context, { blockMs: 3_600_000 });
  await payBob(server, 1);
  assert.equal(await server.client.getBalance(bobAddress), ton);
  assert.equal((await server.client.getMasterchainInfo()).latestSeqno, 1);
});

test("a message for another network is refused", async (context) => {
  const { ledger, client } = await startTestServer(context);
  await ledger.mint(alice.address, 10n * ton);
  await client.sendFile(await alice.sign(0, [{ to: bob.address, nanotons: ton }]));
  const foreign = createTestWallet(1, -239);
  assert.ok(!foreign.contract.address.equals(aliceAddress));
  const boc = await foreign.sign(1, [{ to: bob.address, nanotons: ton }]);
  const body = bodyOf(boc);
  const message = external({ to: aliceAddress, body });
  const forged = beginCell().store(storeMessage(message)).endCell().toBoc();
  await assert.rejects(client.sendFile(forged));
});

test("two clients with their own caches agree", async (context) => {
  const server = await startTestServer(context);
  await payBob(server, 2);
  const other = new TonClient({ endpoint: server.url });
  const newest = await server.client.getTransactions(bobAddress, { limit: 5 });
  const seen = await other.getTransactions(bobAddress, { limit: 5 });
  const hashes = (list: readonly Transaction[]) => list.map((item) => item.hash().toString("hex"));
  assert.deepEqual(hashes(seen), hashes(newest));
});
