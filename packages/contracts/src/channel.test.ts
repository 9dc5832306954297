import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, type Cell } from "@ton/core";
import { cellDigest, nanotons } from "@cocoon/protocol";
import { testKey } from "../testing/chain.ts";
import {
  payer,
  payee,
  stranger,
  session,
  params,
  deposit,
  attached,
  coins,
  voucher,
  createChannelChain,
  createOpenChannel,
  assertRefused,
} from "../testing/channel-chain.ts";
import { testNetworkId } from "../testing/prices.ts";
import {
  channelAddress,
  channelAttachment,
  channelCode,
  channelEvents,
  channelGetter,
  channelInit,
  channelNotices,
  type ChannelParams,
  closeChannelBody,
  finishChannelCloseBody,
  parseChannel,
  settleChannelBody,
  startChannelCloseBody,
  topUpChannelBody,
} from "./index.ts";

test("channelAddress() is the address at which the contract deploys, and each param changes it", async () => {
  const chain = await createOpenChannel();
  const state = await chain.state();
  assert.equal(channelAddress(state), chain.address);
  const others: Partial<ChannelParams>[] = [
    { payer: stranger },
    { payee: stranger },
    { sessionKey: testKey("other").publicKey },
    { closeTimeoutSeconds: 1 },
    { salt: 2n },
  ];
  const addresses = others.map((other) => channelAddress({ ...params, ...other }));
  assert.equal(new Set([...addresses, chain.address]).size, 6);
});

test("open refuses a stranger, too little value, a second time and a key that anyone can sign for", async () => {
  const chain = await createChannelChain();
  assertRefused(await chain.open(stranger), "NotPayer");
  assertRefused(await chain.open(payer, deposit + 5_000_000n), "NotEnoughValue", deposit);
  assert.equal((await chain.open()).exitCode, 0);
  assertRefused(await chain.open(), "WrongPhase", deposit + channelAttachment.open);
  for (const weak of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
    const weakChain = await createChannelChain({ sessionKey: weak });
    assertRefused(await weakChain.open(), "WeakKey", deposit + channelAttachment.open);
  }
});

test("open keeps the deposit and the storage reserve and returns the rest", async () => {
  const chain = await createChannelChain();
  const value = deposit + channelAttachment.open;
  const outcome = await chain.open(payer, value);
  assert.deepEqual(await chain.state(), {
    ...params,
    phase: "open",
    claimed: 0n,
    deposited: deposit,
  });
  const [excess] = outcome.sent;
  assert.deepEqual([excess?.to, excess?.op], [payer, channelNotices.excesses]);
  const reserve = (await chain.balance(chain.address)) - deposit;
  assert.ok(reserve > 5_000_000n && reserve < 20_000_000n, `${reserve}`);
  assert.equal(
    value,
    deposit + reserve + (excess?.value ?? 0n) + outcome.fees + outcome.forwardFees,
  );
});

test("an unopened channel refuses everything else", async () => {
  const chain = await createChannelChain();
  const deployed = await chain.send({
    from: stranger,
    to: chain.address,
    value: attached,
    init: channelInit(params),
    body: topUpChannelBody(coins(0)),
  });
  assertRefused(deployed, "WrongPhase");
  const bodies: readonly (readonly [string, Cell])[] = [
    [payee, settleChannelBody(voucher(coins(1)))],
    [payee, closeChannelBody()],
    [payer, startChannelCloseBody()],
    [payer, finishChannelCloseBody()],
  ];
  for (const [from, body] of bodies) {
    const outcome = await chain.send({
      from,
      to: chain.address,
      value: attached,
      init: channelInit(params),
      body,
    });
    assertRefused(outcome, "WrongPhase");
  }
});

test("top up takes money from anyone and adds exactly the amount named", async () => {
  const chain = await createOpenChannel();
  const before = await chain.balance(chain.address);
  const outcome = await chain.call(stranger, topUpChannelBody(coins(5)), coins(5) + attached);
  assert.equal((await chain.state()).deposited, coins(15));
  assert.equal((await chain.balance(chain.address)) - before, coins(5));
  assert.equal(outcome.sent[0]?.to, stranger);
  const short = await chain.call(payer, topUpChannelBody(coins(5)), coins(5) + 300_000n);
  assertRefused(short, "NotEnoughValue", coins(5));
});

test("settle refuses strangers, the payer, forgeries, other channels, other networks and old vouchers", async () => {
  const chain = await createOpenChannel();
  const settle = (from: string, signed: ReturnType<typeof voucher>, value: bigint = attached) =>
    chain.call(from, settleChannelBody(signed), value);
  assertRefused(await settle(stranger, voucher(coins(1))), "NotPayee");
  assertRefused(await settle(payer, voucher(coins(1))), "NotPayee");
  assertRefused(await settle(payee, voucher(coins(1)), 300_000n), "NotEnoughValue", 300_000n);
  const forged = { ...voucher(coins(1)), cumulative: coins(2) };
  assertRefused(await settle(payee, forged), "BadSignature");
  assertRefused(await settle(payee, voucher(coins(1), stranger)), "BadSignature");
  assertRefused(await settle(payee, voucher(coins(1), chain.address, -239)), "BadSignature");
  assertRefused(await settle(payee, voucher(coins(0))), "StaleVoucher");
  assert.equal((await settle(payee, voucher(coins(3)))).exitCode, 0);
  assertRefused(await settle(payee, voucher(coins(3))), "StaleVoucher");
  assertRefused(await settle(payee, voucher(coins(2))), "StaleVoucher");
  assert.equal((await chain.state()).claimed, coins(3));
});

test("settle pays the payee exactly what the voucher adds, and the rest of the value it sent", async () => {
  const chain = await createOpenChannel();
  for (const total of [coins(3), coins(3.000000001), coins(9)]) {
    const { claimed } = await chain.state();
    const before = await chain.balance(chain.address);
    const outcome = await chain.call(payee, settleChannelBody(voucher(total)));
    const [payout] = outcome.sent;
    assert.deepEqual([payout?.to, payout?.op], [payee, channelNotices.payout]);
    assert.equal(before - (await chain.balance(chain.address)), total - claimed);
    const cost = outcome.fees + outcome.forwardFees;
    assert.equal(payout?.value, total - claimed + attached - cost);
    assert.equal((await chain.state()).claimed, total);
    const event = outcome.events[0]?.beginParse();
    assert.deepEqual([event?.loadUint(32), event?.loadCoins()], [channelEvents.settled, total]);
  }
});

test("settle caps a voucher at the deposit, and takes the rest of it after a top-up", async () => {
  const chain = await createOpenChannel();
  const tooMuch = settleChannelBody(voucher(coins(50)));
  assert.equal((await chain.call(payee, tooMuch)).exitCode, 0);
  assert.equal((await chain.state()).claimed, deposit);
  assertRefused(await chain.call(payee, tooMuch), "StaleVoucher");
  await chain.call(stranger, topUpChannelBody(coins(1)), coins(1) + attached);
  assert.equal((await chain.call(payee, tooMuch)).exitCode, 0);
  assert.equal((await chain.state()).claimed, coins(11));
});

test("a voucher's digest is the plain hash of 57 bytes, without TON code", async () => {
  const chain = await createOpenChannel();
  const bytes = Buffer.alloc(57);
  bytes.writeUInt32BE(0x56434831, 0);
  bytes.writeInt32BE(testNetworkId, 4);
  bytes.writeInt8(0, 8);
  bytes.write(chain.address.slice(2), 9, "hex");
  bytes.writeBigUInt64BE(7n, 49);
  const signature = session.sign(cellDigest(bytes));
  const body = settleChannelBody({ cumulative: nanotons(7n), signature });
  assert.equal((await chain.call(payee, body)).exitCode, 0);
});

test("the contract refuses an unknown opcode, a body cut short and a bare transfer", async () => {
  const chain = await createOpenChannel();
  const unknown = beginCell().storeUint(0xdeadbeef, 32).endCell();
  assertRefused(await chain.call(payer, unknown), "UnknownOp");
  assertRefused(await chain.call(payer, beginCell().storeUint(1, 8).endCell()), "UnknownOp");
  assertRefused(await chain.call(payer, beginCell().endCell()), "UnknownOp");
  const cut = beginCell().storeUint(0x43480003, 32).storeUint(0, 64).storeCoins(5).endCell();
  assert.equal((await chain.call(payee, cut)).exitCode, 9);
});

test("a bounced message changes nothing", async () => {
  const chain = await createOpenChannel();
  const before = await chain.state();
  const payout = beginCell().storeUint(0xffffffff, 32).storeUint(channelNotices.payout, 32);
  const outcome = await chain.send({
    from: payee,
    to: chain.address,
    value: attached,
    body: payout.endCell(),
    bounce: false,
    bounced: true,
  });
  assert.equal(outcome.exitCode, 0);
  assert.deepEqual(await chain.state(), before);
});

test("a channel that was idle for four years still pays all of its deposit", async () => {
  const chain = await createOpenChannel();
  chain.wait(4 * 365 * 86_400);
  const outcome = await chain.call(payee, settleChannelBody(voucher(deposit)));
  assert.equal(outcome.exitCode, 0);
  const [payout] = outcome.sent;
  assert.ok((payout?.value ?? 0n) > deposit + attached - 1_000_000n);
});

test("channelInit() takes nothing but well-formed params", () => {
  assert.throws(() => channelInit({ ...params, payer: "0:12" }), RangeError);
  assert.throws(() => channelInit({ ...params, sessionKey: new Uint8Array(31) }), RangeError);
});

test("parseChannel() throws contract_unexpected for any other stack", async () => {
  const chain = await createOpenChannel();
  const stack = await chain.get(chain.address, channelGetter);
  const code = { code: "contract_unexpected" };
  assert.throws(() => parseChannel([]), code);
  assert.throws(() => parseChannel(stack.slice(1)), code);
  assert.throws(() => parseChannel([...stack, { type: "null" }]), code);
  for (const index of stack.keys()) {
    assert.throws(() => parseChannel(stack.with(index, { type: "null" })), code);
    assert.throws(() => parseChannel(stack.with(index, { type: "int", value: -1n })), code);
  }
  assert.equal(channelCode.hash.length, 64);
});
