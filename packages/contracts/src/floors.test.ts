// Every operation works with exactly the value that its contract asks for, and is refused with a nanoton less.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "@ton/core";
import { nanotons, type RawAddress, signVoucher } from "@cocoon/protocol";
import { anchorDigestOf } from "../testing/anchor.ts";
import {
  createTestChain,
  type Outcome,
  testAddress,
  type TestChain,
  testKey,
  ton,
} from "../testing/chain.ts";
import { testNetworkId } from "../testing/prices.ts";
import { deepContradiction, deepOmission, rotatedBond } from "../testing/slash-gas.ts";
import { tolkConstants } from "../testing/tolk-constants.ts";
import {
  createWorkerChain,
  governance,
  owner,
  receiptWith,
  verdictBody,
  vouch,
  workerParams,
} from "../testing/worker-chain.ts";
import * as contracts from "./index.ts";

/** Gas above a flat price for the first 100; one message of one cell. Prices of 2026. */
function priceOf(gas: number, messages: number): bigint {
  const gasFee = (BigInt(gas - 100) * 4_369_067n + 65_535n) / 65_536n;
  return 6_667n + gasFee + BigInt(messages) * 66_667n;
}

/** Five years of storage, bits free. */
function reserveOf(cells: number): bigint {
  const price = BigInt(cells) * 135n * 157_680_000n;
  return (price + 65_535n) / 65_536n;
}

type Trial = { readonly from: RawAddress; readonly body: Cell; readonly floor: bigint };

/** Tries a message from the same start with one nanoton too little, then with just enough. */
async function tryFloor(chain: TestChain, to: RawAddress, trial: Trial): Promise<Outcome> {
  const { from, body, floor } = trial;
  const start = chain.blockchain.snapshot();
  const short = await chain.send({ from, to, body, value: floor - 1n });
  assert.equal(contracts.exitCodeName(short.exitCode ?? 0), "NotEnoughValue");
  await chain.blockchain.loadFrom(start);
  const enough = await chain.send({ from, to, body, value: floor });
  assert.deepEqual([enough.exitCode, enough.actionCode], [0, 0]);
  return enough;
}

const payer = testAddress("payer");
const payee = testAddress("payee");
const session = testKey("session");

test("a channel's operations ask for what they cost and no more", async () => {
  const gas = tolkConstants("Channel.tolk");
  const floorOf = (name: string, messages: number): bigint => priceOf(gas(name), messages);
  const chain = await createTestChain();
  const sessionKey = session.publicKey;
  const params = { payer, payee, sessionKey, closeTimeoutSeconds: 0, salt: 1n };
  const to = contracts.channelAddress(params);
  const deposit = nanotons(10n * ton);
  // A refused deployment leaves an account that only holds what was not worth returning.
  await chain.send({
    from: payer,
    to,
    value: ton,
    init: contracts.channelInit(params),
    body: contracts.startChannelCloseBody(),
  });
  const open = await chain.send({
    from: payer,
    to,
    value: deposit + reserveOf(gas("CHANNEL_CELLS")) + floorOf("GAS_OPEN", 1) - 1n,
    init: contracts.channelInit(params),
    body: contracts.openChannelBody(deposit),
  });
  assert.equal(contracts.exitCodeName(open.exitCode ?? 0), "NotEnoughValue");
  const opened = await chain.send({
    from: payer,
    to,
    value: deposit + reserveOf(gas("CHANNEL_CELLS")) + floorOf("GAS_OPEN", 1),
    init: contracts.channelInit(params),
    body: contracts.openChannelBody(deposit),
  });
  assert.deepEqual([opened.exitCode, opened.actionCode], [0, 0]);

  const voucher = (cumulative: bigint) =>
    signVoucher(session, testNetworkId, to, nanotons(cumulative));
  const amount = nanotons(ton);
  await tryFloor(chain, to, {
    from: payer,
    body: contracts.topUpChannelBody(amount),
    floor: amount + floorOf("GAS_TOP_UP", 1),
  });
  const settled = await tryFloor(chain, to, {
    from: payee,
    body: contracts.settleChannelBody(voucher(ton)),
    floor: floorOf("GAS_SETTLE", 2),
  });
  assert.ok((settled.sent[0]?.value ?? 0n) >= ton);
  await tryFloor(chain, to, {
    from: payer,
    body: contracts.startChannelCloseBody(),
    floor: floorOf("GAS_START_CLOSE", 2),
  });
  const closing = chain.blockchain.snapshot();
  const closed = await tryFloor(chain, to, {
    from: payee,
    body: contracts.closeChannelBody(voucher(2n * ton)),
    floor: floorOf("GAS_CLOSE", 4),
  });
  assert.equal(closed.sent.length, 3);
  await chain.blockchain.loadFrom(closing);
  await tryFloor(chain, to, {
    from: payer,
    body: contracts.finishChannelCloseBody(),
    floor: floorOf("GAS_FINISH_CLOSE", 2),
  });
});

test("a bond's operations ask for what they cost and no more", async () => {
  const gas = tolkConstants("ProxyBond.tolk");
  const floorOf = (name: string, messages = 0): bigint => priceOf(gas(name), messages);
  const chain = await createTestChain();
  const params = { owner: payer, salt: 1n };
  const to = contracts.proxyBondAddress(params);
  const bond = nanotons(10n * ton);
  const url = "u".repeat(contracts.proxyUrlBytesMax);
  const closeDelaySeconds = contracts.closeDelayMinSeconds;
  const terms = { url, logKey: session.publicKey, feeBps: 1, closeDelaySeconds };
  const init = contracts.proxyBondInit(params);
  await chain.send({ from: payee, to, value: ton, init });
  const trial = (body: Cell, floor: bigint) => tryFloor(chain, to, { from: payer, body, floor });
  const reserve = reserveOf(gas("BOND_CELLS"));
  await trial(contracts.registerBondBody(bond, terms), bond + reserve + floorOf("GAS_REGISTER"));
  await trial(contracts.depositBondBody(bond), bond + floorOf("GAS_DEPOSIT"));
  const update = { ...terms, logKey: session.publicKey };
  await trial(contracts.updateTermsBody(update), floorOf("GAS_UPDATE"));
  await trial(contracts.withdrawSurplusBody(), floorOf("GAS_WITHDRAW", 1));
  const again = await trial(contracts.withdrawSurplusBody(), floorOf("GAS_WITHDRAW", 1));
  assert.equal(again.sent.length, 1);
  await trial(contracts.requestUnbondBody(), floorOf("GAS_UNBOND"));
  chain.wait(closeDelaySeconds);
  const withdrawn = await trial(contracts.withdrawBondBody(), floorOf("GAS_WITHDRAW", 1));
  assert.ok((withdrawn.sent[0]?.value ?? 0n) >= 2n * bond);
});

test("an anchor needs a budget of exactly what it may cost", async () => {
  const constant = tolkConstants("ProxyBond.tolk");
  const chain = await createTestChain();
  const params = { owner: payer, salt: 1n };
  const to = contracts.proxyBondAddress(params);
  const bond = nanotons(10n * ton);
  const closeDelaySeconds = contracts.closeDelayMinSeconds;
  const terms = { url: "u", logKey: session.publicKey, feeBps: 1, closeDelaySeconds };
  const init = contracts.proxyBondInit(params);
  const body = contracts.registerBondBody(bond, terms);
  await chain.send({ from: payer, to, value: bond + ton, init, body });
  const anchor = (treeSize: number) => {
    const signed = { treeSize, root: new Uint8Array(32), timestampSeconds: chain.now() };
    const signature = session.sign(anchorDigestOf(testNetworkId, to, signed));
    return chain.sendExternal(to, contracts.anchorBody({ ...signed, signature }));
  };
  const first = await anchor(1);
  assert.ok(typeof first === "object");
  // The event has one cell below its root; the rest of the fees is for the message that came in.
  const bits = BigInt(constant("EVENT_BITS"));
  const event = 66_667n + (bits * 4_369_067n + 436_906_667n + 65_535n) / 65_536n;
  const incoming = first.fees - priceOf(first.gas, 0) - event;
  const needed = bond + reserveOf(constant("BOND_CELLS")) + priceOf(constant("GAS_ANCHOR"), 0);
  const account = await chain.blockchain.getContract(contracts.tonAddress(to));
  account.balance = needed + event + incoming - 1n;
  assert.equal(contracts.exitCodeName(Number(await anchor(2))), "BudgetSpent");
  account.balance = needed + event + incoming;
  assert.ok(typeof (await anchor(2)) === "object");
});

test("a proof against a proxy asks for what the dearest one costs", async () => {
  const gas = tolkConstants("ProxyBond.tolk");
  const chain = await createTestChain();
  const to = await rotatedBond(chain);
  const start = chain.blockchain.snapshot();
  await tryFloor(chain, to, {
    from: payee,
    body: contracts.slashContradictionBody(to, deepContradiction(to)),
    floor: priceOf(gas("GAS_CONTRADICTION"), 3),
  });
  await chain.blockchain.loadFrom(start);
  await tryFloor(chain, to, {
    from: payee,
    body: contracts.slashOmissionBody(to, deepOmission(to)),
    floor: priceOf(gas("GAS_OMISSION"), 3),
  });
});

test("a worker bond's operations ask for what they cost and no more", async () => {
  const gas = tolkConstants("WorkerBond.tolk");
  const floorOf = (name: string, messages: number): bigint => priceOf(gas(name), messages);
  const chain = await createWorkerChain();
  const to = chain.address;
  const init = contracts.workerBondInit(workerParams);
  await chain.send({ from: payee, to, value: ton, init, body: contracts.cancelVerdictBody() });
  const trial = (from: RawAddress, body: Cell, floor: bigint) =>
    tryFloor(chain, to, { from, body, floor });
  const registration = floorOf("GAS_REGISTER", 1) + reserveOf(gas("WORKER_CELLS"));
  const bond = nanotons(10n * ton);
  await trial(owner, contracts.registerWorkerBody(bond), bond + registration);
  await trial(owner, contracts.depositWorkerBody(bond), bond + floorOf("GAS_DEPOSIT", 1));
  const registered = chain.blockchain.snapshot();
  await trial(owner, contracts.requestUnbondWorkerBody(), floorOf("GAS_UNBOND", 1));
  chain.wait(workerParams.closeDelaySeconds);
  await trial(owner, contracts.withdrawWorkerBody(), floorOf("GAS_WITHDRAW", 1));
  await chain.blockchain.loadFrom(registered);
  await trial(payee, verdictBody(to, 1), floorOf("GAS_SUBMIT", 2));
  const judged = chain.blockchain.snapshot();
  await trial(governance, contracts.cancelVerdictBody(), floorOf("GAS_CANCEL", 2));
  await chain.blockchain.loadFrom(judged);
  chain.wait(workerParams.disputeDelaySeconds);
  const executed = await trial(payee, contracts.executeVerdictBody(), floorOf("GAS_EXECUTE", 4));
  assert.equal(executed.sent.length, 3);
  await chain.blockchain.loadFrom(judged);
  const proof = contracts.slashDoubleReceiptBody({
    identity: vouch(to, chain.now()),
    first: receiptWith(),
    second: receiptWith({ finishReason: "length" }),
  });
  await trial(payee, proof, floorOf("GAS_DOUBLE_RECEIPT", 3));
});
