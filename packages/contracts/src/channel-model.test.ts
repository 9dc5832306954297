// The channel against a model of it: every order of operations ends as the model says, and no nanoton is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "@ton/core";
import * as fc from "fast-check";
import { nanotons, signVoucher } from "@cocoon/protocol";
import {
  createTestChain,
  type Outcome,
  startSeconds,
  testAddress,
  type TestChain,
  testKey,
  ton,
} from "../testing/chain.ts";
import { type ChannelCall, expectCall } from "../testing/channel-model.ts";
import {
  anySequence,
  anyStrangersMessage,
  assertRentPaid,
  modelRuns,
  sendAsStranger,
} from "../testing/messages.ts";
import { testNetworkId } from "../testing/prices.ts";
import {
  channelAddress,
  channelAttachment,
  channelGetter,
  channelInit,
  channelOpcodes,
  type ChannelState,
  closeChannelBody,
  exitCodeName,
  finishChannelCloseBody,
  openChannelBody,
  parseChannel,
  settleChannelBody,
  startChannelCloseBody,
  topUpChannelBody,
} from "./index.ts";

const payer = testAddress("payer");
const payee = testAddress("payee");
const session = testKey("session");
const params = {
  payer,
  payee,
  sessionKey: session.publicKey,
  closeTimeoutSeconds: 3_600,
  salt: 1n,
};
const address = channelAddress(params);
const deposit = nanotons(10n * ton);

/** A call with what it attaches beyond a top-up's amount; plenty is always enough. */
type Step = ChannelCall & { readonly extra: bigint; readonly waitSeconds: number };
const plenty = 50_000_000n;

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("topUp", "settle", "settle", "close", "startClose", "finishClose"),
  from: fc.constantFrom(payer, payee, payee, testAddress("stranger")),
  amount: fc.bigInt({ min: 0n, max: 20n * ton }),
  forged: fc.boolean(),
  extra: fc.constantFrom(250_000n, 900_000n, plenty),
  waitSeconds: fc.constantFrom(0, 0, 1, 1_800, 3_600),
});

function bodyOf({ kind, amount, forged }: ChannelCall): Cell {
  const signed = signVoucher(session, testNetworkId, address, nanotons(amount));
  const voucher = forged ? { ...signed, signature: new Uint8Array(64).fill(9) } : signed;
  const bodies = {
    topUp: () => topUpChannelBody(nanotons(amount)),
    settle: () => settleChannelBody(voucher),
    close: () => closeChannelBody(voucher),
    startClose: startChannelCloseBody,
    finishClose: finishChannelCloseBody,
  };
  return bodies[kind]();
}

async function openChannel(chain: TestChain): Promise<void> {
  const opened = await chain.send({
    from: payer,
    to: address,
    value: deposit + channelAttachment.open,
    init: channelInit(params),
    body: openChannelBody(deposit),
  });
  assert.equal(opened.exitCode, 0);
}

const sumOf = (sent: Outcome["sent"]): bigint =>
  sent.reduce((total, { value }) => total + value, 0n);

/** Makes one call, checks its money, and returns its outcome with what the payee gained by it. */
async function takeStep(chain: TestChain, step: Step): Promise<[Outcome, bigint]> {
  const before = await chain.balance(address);
  const value = step.extra + (step.kind === "topUp" ? step.amount : 0n);
  const outcome = await chain.send({ from: step.from, to: address, value, body: bodyOf(step) });
  const returned = sumOf(outcome.sent) + (outcome.bounced ?? 0n);
  const after = await chain.balance(address);
  assert.equal(before + value, after + returned + outcome.fees + outcome.forwardFees);
  const toPayee = sumOf(outcome.sent.filter(({ to }) => to === payee));
  return [outcome, toPayee - (step.from === payee ? value : 0n)];
}

/** The state after an outcome that agrees with the model; a call may also fail for want of money. */
function assertAsModelled(state: ChannelState, step: Step, outcome: Outcome, nowSeconds: number) {
  const expected = expectCall(state, step, nowSeconds);
  if (outcome.exitCode === 0) {
    assert.equal(outcome.actionCode, 0);
    assert.ok("state" in expected, `${step.kind} succeeded`);
    return expected.state;
  }
  const refusal = exitCodeName(outcome.exitCode ?? 0);
  if (step.extra === plenty) assert.deepEqual({ refusal }, expected);
  return state;
}

/** All that is not claimed goes to the payer when a channel ends, whoever ends it. */
function assertRefunded(state: ChannelState, step: Step, outcome: Outcome): void {
  const refund = sumOf(outcome.sent.filter(({ to }) => to === payer));
  const rest = state.deposited - state.claimed;
  if (step.kind === "close") assert.equal(refund, rest);
  else assert.ok(refund + outcome.fees + outcome.forwardFees >= rest + step.extra);
}

/** Returns the state in the end, or undefined when the account is gone. */
async function runSteps(
  chain: TestChain,
  steps: readonly Step[],
): Promise<ChannelState | undefined> {
  let state = parseChannel(await chain.get(address, channelGetter));
  let gained = 0n;
  let signedMax = 0n;
  for (const step of steps) {
    chain.wait(step.waitSeconds);
    const [outcome, gain] = await takeStep(chain, step);
    const next = assertAsModelled(state, step, outcome, chain.now());
    const balance = await chain.balance(address);
    if (next === undefined) {
      assert.equal(balance, 0n);
      assertRefunded(state, step, outcome);
      return undefined;
    }
    if (next.phase === "closed" && state.phase !== "closed") assertRefunded(next, step, outcome);
    state = next;
    if (!step.forged && step.amount > signedMax) signedMax = step.amount;
    if (outcome.exitCode === 0) gained += gain;
    assert.deepEqual(parseChannel(await chain.get(address, channelGetter)), state);
    assert.ok(state.phase === "closed" || balance >= state.deposited - state.claimed);
    assert.ok(state.claimed <= signedMax);
    assert.ok(gained <= state.claimed);
  }
  return state;
}

const ending = { forged: true, from: payer, amount: 0n, extra: plenty, waitSeconds: 0 } as const;

/** Whatever happened, five years later the payer gets the rest, alone. */
async function finishAlone(chain: TestChain, state: ChannelState): Promise<void> {
  await assertRentPaid(chain, address, state.deposited - state.claimed);
  if (state.phase === "open") {
    const [started] = await takeStep(chain, { ...ending, kind: "startClose" });
    assert.equal(started.exitCode, 0);
  }
  chain.wait(params.closeTimeoutSeconds);
  const step = { ...ending, kind: "finishClose" } as const;
  const [finished] = await takeStep(chain, step);
  assert.equal(finished.exitCode, 0);
  assertRefunded(state, step, finished);
}

test("the channel does what its model says in any order, and money is conserved", async () => {
  const chain = await createTestChain();
  await openChannel(chain);
  const start = chain.blockchain.snapshot();
  await fc.assert(
    fc.asyncProperty(anySequence(anyStep), async (steps) => {
      await chain.blockchain.loadFrom(start);
      chain.blockchain.now = startSeconds;
      const state = await runSteps(chain, steps);
      if (state?.phase === "open" || state?.phase === "closing") await finishAlone(chain, state);
    }),
    { numRuns: modelRuns(40) },
  );
});

/** All that payer and payee may ever send, which everybody can read. */
const knownBodies: readonly Cell[] = [
  openChannelBody(deposit),
  ...(["settle", "close", "startClose", "finishClose"] as const).flatMap((kind) =>
    [0n, ton, 6n * ton].map((amount) => bodyOf({ kind, amount, forged: false, from: payee })),
  ),
];

test("no sequence of messages by strangers changes anything, but that they may give money", async () => {
  const chain = await createTestChain();
  await openChannel(chain);
  const settled = bodyOf({ kind: "settle", amount: 2n * ton, forged: false, from: payee });
  await chain.send({ from: payee, to: address, value: plenty, body: settled });
  const open = chain.blockchain.snapshot();
  await chain.send({ from: payer, to: address, value: plenty, body: startChannelCloseBody() });
  const closing = chain.blockchain.snapshot();
  const gift = topUpChannelBody(nanotons(ton / 2n));
  const anyMessage = anyStrangersMessage(
    [...knownBodies, gift],
    Object.values(channelOpcodes).filter((opcode) => opcode !== channelOpcodes.topUp),
  );
  await fc.assert(
    fc.asyncProperty(anySequence(anyMessage), fc.boolean(), async (messages, isClosing) => {
      await chain.blockchain.loadFrom(isClosing ? closing : open);
      chain.wait(isClosing ? params.closeTimeoutSeconds : 0);
      const before = parseChannel(await chain.get(address, channelGetter));
      let deposited = before.deposited;
      for (const message of messages) {
        const isTaken = await sendAsStranger(chain, address, message);
        assert.ok(!isTaken || (message.body === gift && !isClosing));
        if (isTaken) deposited = nanotons(deposited + ton / 2n);
      }
      assert.deepEqual(parseChannel(await chain.get(address, channelGetter)), {
        ...before,
        deposited,
      });
      assert.ok((await chain.balance(address)) >= deposited - before.claimed);
    }),
    { numRuns: modelRuns(10) },
  );
});
