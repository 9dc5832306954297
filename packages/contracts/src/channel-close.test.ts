import assert from "node:assert/strict";
import { test } from "node:test";
import { nanotons } from "@cocoon/protocol";
import type { Outcome } from "../testing/chain.ts";
import {
  payer,
  payee,
  stranger,
  params,
  deposit,
  attached,
  coins,
  voucher,
  createOpenChannel,
  assertRefused,
} from "../testing/channel-chain.ts";
import {
  channelAttachment,
  channelEvents,
  channelGetter,
  channelNotices,
  closeChannelBody,
  finishChannelCloseBody,
  settleChannelBody,
  startChannelCloseBody,
  tonAddress,
  topUpChannelBody,
} from "./index.ts";

function assertClosedEvent({ events }: Outcome, cumulative: bigint): void {
  const event = events[0]?.beginParse();
  assert.deepEqual([event?.loadUint(32), event?.loadCoins()], [channelEvents.closed, cumulative]);
}

test("close pays the payee, refunds the payer and leaves a closed account that takes nothing", async () => {
  const chain = await createOpenChannel();
  await chain.call(payee, settleChannelBody(voucher(coins(2))));
  assertRefused(await chain.call(stranger, closeChannelBody(voucher(coins(6)))), "NotPayee");
  assertRefused(await chain.call(payer, closeChannelBody()), "NotPayee");
  const forged = { ...voucher(coins(6)), cumulative: coins(7) };
  assertRefused(await chain.call(payee, closeChannelBody(forged)), "BadSignature");
  const short = await chain.call(payee, closeChannelBody(voucher(coins(6))), 700_000n);
  assertRefused(short, "NotEnoughValue", 700_000n);
  const outcome = await chain.call(payee, closeChannelBody(voucher(coins(6))));
  assert.deepEqual(
    outcome.sent.map(({ to, op }) => [to, op]),
    [
      [payee, channelNotices.payout],
      [payer, channelNotices.refund],
      [payee, channelNotices.excesses],
    ],
  );
  assert.deepEqual(
    outcome.sent.slice(0, 2).map(({ value }) => value),
    [coins(4), coins(4)],
  );
  assertClosedEvent(outcome, coins(6));
  assert.deepEqual(await chain.state(), {
    ...params,
    phase: "closed",
    claimed: coins(6),
    deposited: deposit,
  });
  assertRefused(await chain.call(payee, settleChannelBody(voucher(coins(7)))), "WrongPhase");
  assertRefused(await chain.call(payee, closeChannelBody()), "WrongPhase");
  assertRefused(await chain.call(payer, startChannelCloseBody()), "WrongPhase");
  assertRefused(await chain.call(payer, finishChannelCloseBody()), "WrongPhase");
  assertRefused(await chain.open(), "WrongPhase", deposit + channelAttachment.open);
  const topUp = await chain.call(stranger, topUpChannelBody(coins(1)), coins(1) + attached);
  assertRefused(topUp, "WrongPhase", coins(1) + attached);
});

test("close without a newer voucher refunds all that is not claimed", async () => {
  const unsigned = { cumulative: coins(2), signature: new Uint8Array(64) };
  for (const body of [closeChannelBody(), closeChannelBody(unsigned)]) {
    const chain = await createOpenChannel();
    await chain.call(payee, settleChannelBody(voucher(coins(2))));
    const outcome = await chain.call(payee, body);
    assert.deepEqual(
      outcome.sent.map(({ to, op }) => [to, op]),
      [
        [payer, channelNotices.refund],
        [payee, channelNotices.excesses],
      ],
    );
    assert.equal(outcome.sent[0]?.value, coins(8));
  }
});

test("close of a channel that is claimed to the end sends no refund", async () => {
  const chain = await createOpenChannel();
  const outcome = await chain.call(payee, closeChannelBody(voucher(coins(10))));
  assert.deepEqual(
    outcome.sent.map(({ op }) => op),
    [channelNotices.payout, channelNotices.excesses],
  );
});

test("close leaves the reserve alone in the account, whatever goes to whom", async () => {
  for (const cumulative of [1n, deposit - 1n]) {
    const chain = await createOpenChannel();
    const reserve = (await chain.balance(chain.address)) - deposit;
    const outcome = await chain.call(payee, closeChannelBody(voucher(nanotons(cumulative))));
    assert.deepEqual(
      outcome.sent.slice(0, 2).map(({ to, value }) => [to, value]),
      [
        [payee, cumulative],
        [payer, deposit - cumulative],
      ],
    );
    assert.equal(await chain.balance(chain.address), reserve);
  }
});

test("start close opens a window in which the payee still settles and nobody tops up", async () => {
  const chain = await createOpenChannel();
  assertRefused(await chain.call(payee, startChannelCloseBody()), "NotPayer");
  assertRefused(
    await chain.call(payer, startChannelCloseBody(), 300_000n),
    "NotEnoughValue",
    300_000n,
  );
  const outcome = await chain.call(payer, startChannelCloseBody());
  const closesAtSeconds = chain.now() + params.closeTimeoutSeconds;
  assert.deepEqual(await chain.state(), {
    ...params,
    phase: "closing",
    closesAtSeconds,
    claimed: 0n,
    deposited: deposit,
  });
  const event = outcome.events[0]?.beginParse();
  const told = [event?.loadUint(32), event?.loadUint(32)];
  assert.deepEqual(told, [channelEvents.closing, closesAtSeconds]);
  const [excess] = outcome.sent;
  assert.deepEqual([excess?.to, excess?.op], [payer, channelNotices.excesses]);
  assertRefused(await chain.call(payer, startChannelCloseBody()), "WrongPhase");
  const topUp = await chain.call(payer, topUpChannelBody(coins(1)), coins(1) + attached);
  assertRefused(topUp, "WrongPhase", coins(1) + attached);
  assert.equal((await chain.call(payee, settleChannelBody(voucher(coins(9))))).exitCode, 0);
  assert.equal((await chain.state()).phase, "closing");
});

test("finish close returns the rest to the payer after the window, and destroys the account", async () => {
  const chain = await createOpenChannel();
  assertRefused(await chain.call(payer, finishChannelCloseBody()), "WrongPhase");
  await chain.call(payer, startChannelCloseBody());
  await chain.call(payee, settleChannelBody(voucher(coins(9))));
  chain.wait(params.closeTimeoutSeconds - 1);
  assertRefused(await chain.call(payer, finishChannelCloseBody()), "TooEarly");
  chain.wait(1);
  assertRefused(await chain.call(payee, finishChannelCloseBody()), "NotPayer");
  assertRefused(
    await chain.call(payer, finishChannelCloseBody(), 300_000n),
    "NotEnoughValue",
    300_000n,
  );
  const before = await chain.balance(chain.address);
  const outcome = await chain.call(payer, finishChannelCloseBody());
  const [refund] = outcome.sent;
  assert.deepEqual([refund?.to, refund?.op], [payer, channelNotices.refund]);
  assert.equal(refund?.value, before + attached - outcome.fees - outcome.forwardFees);
  assertClosedEvent(outcome, coins(9));
  const account = await chain.blockchain.getContract(tonAddress(chain.address));
  assert.deepEqual([account.balance, account.accountState], [0n, undefined]);
});

test("the payee can close at once while the payer's window runs", async () => {
  const chain = await createOpenChannel();
  await chain.call(payer, startChannelCloseBody());
  const outcome = await chain.call(payee, closeChannelBody(voucher(coins(1))));
  assert.equal(outcome.exitCode, 0);
  assert.equal((await chain.state()).phase, "closed");
  const [, closesAt] = await chain.get(chain.address, channelGetter);
  assert.deepEqual(closesAt, { type: "int", value: 0n });
});

test("a channel whose storage ate into the deposit pays out what is there, and still closes", async () => {
  const chain = await createOpenChannel();
  const account = await chain.blockchain.getContract(tonAddress(chain.address));
  account.balance = coins(4);
  const settled = await chain.call(payee, settleChannelBody(voucher(coins(5))));
  assert.deepEqual([settled.exitCode, settled.actionCode], [0, 0]);
  const [payout] = settled.sent;
  assert.equal(payout?.value, coins(4) + attached - settled.fees - settled.forwardFees);
  assert.equal(await chain.balance(chain.address), 0n);
  assert.equal((await chain.call(payer, startChannelCloseBody())).actionCode, 0);
  chain.wait(params.closeTimeoutSeconds);
  assert.equal((await chain.call(payer, finishChannelCloseBody())).actionCode, 0);
});
