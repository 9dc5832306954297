// The worker bond against a model of it: every order of messages ends as the model says, and no nanoton is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell } from "@ton/core";
import * as fc from "fast-check";
import { nanotons } from "@cocoon/protocol";
import { startSeconds, testAddress, testKey, ton } from "../testing/chain.ts";
import {
  anySequence,
  anyStrangersMessage,
  assertRentPaid,
  modelRuns,
  sendAsStranger,
} from "../testing/messages.ts";
import { expectWorkerCall, type WorkerAct, type WorkerCall } from "../testing/worker-bond-model.ts";
import {
  createWorkerChain,
  governance,
  owner,
  receiptWith,
  reporter,
  verdictBody,
  vouch,
  type WorkerChain,
  workerParams,
} from "../testing/worker-chain.ts";
import {
  cancelVerdictBody,
  depositWorkerBody,
  executeVerdictBody,
  exitCodeName,
  registerWorkerBody,
  requestUnbondWorkerBody,
  slashDoubleReceiptBody,
  withdrawWorkerBody,
  workerBondOpcodes,
} from "./index.ts";

const first = receiptWith();
const second = receiptWith({ finishReason: "length" });

type Step = WorkerCall & { readonly waitSeconds: number };
const anyAmount = fc.bigInt({ min: 0n, max: 20n * ton });
const anyAct: fc.Arbitrary<WorkerAct> = fc.oneof(
  fc.record({ action: fc.constantFrom("register", "deposit"), amount: anyAmount }),
  fc.record({
    action: fc.constantFrom("requestUnbond", "withdraw", "cancel", "execute"),
  }),
  fc.record({
    action: fc.constant("submit" as const),
    seed: fc.nat(9),
    signers: fc.constantFrom(1, 2, 3, 3, 4),
    isReplayed: fc.boolean(),
  }),
  fc.record({
    action: fc.constant("doubleReceipt" as const),
    isHarmless: fc.constantFrom(true, true, false),
    isForged: fc.boolean(),
    notAfterSeconds: fc.constantFrom(startSeconds, startSeconds + 1_000_000),
  }),
);
const anyStep: fc.Arbitrary<Step> = fc.record({
  from: fc.constantFrom(owner, owner, governance, reporter, testAddress("stranger")),
  act: anyAct,
  waitSeconds: fc.constantFrom(
    0,
    0,
    1,
    workerParams.disputeDelaySeconds,
    workerParams.closeDelaySeconds,
  ),
});

function bodyOf(chain: WorkerChain, act: WorkerAct, round: number): Cell {
  if (act.action === "submit") {
    const by = Array.from({ length: act.signers }, (_, auditor) => auditor);
    const signedFor = act.isReplayed ? round - 1 : round;
    return verdictBody(chain.address, act.seed, { round: signedFor >>> 0, by });
  }
  if (act.action === "doubleReceipt") {
    const key = act.isForged ? { key: testKey("forger") } : {};
    const identity = vouch(chain.address, act.notAfterSeconds, key);
    return slashDoubleReceiptBody({ identity, first, second: act.isHarmless ? first : second });
  }
  const bodies = {
    register: () => registerWorkerBody(nanotons("amount" in act ? act.amount : 0n)),
    deposit: () => depositWorkerBody(nanotons("amount" in act ? act.amount : 0n)),
    requestUnbond: requestUnbondWorkerBody,
    withdraw: withdrawWorkerBody,
    cancel: cancelVerdictBody,
    execute: executeVerdictBody,
  };
  return bodies[act.action]();
}

/** Sends the step and checks its money; returns the refusal, or undefined when it succeeded. */
async function take(
  chain: WorkerChain,
  { from, act }: Step,
  round: number,
): Promise<string | undefined> {
  const before = await chain.balance(chain.address);
  const value = ton + ("amount" in act ? act.amount : 0n);
  const outcome = await chain.call(from, bodyOf(chain, act, round), value);
  const sent = outcome.sent.reduce((total, message) => total + message.value, 0n);
  const returned = sent + (outcome.bounced ?? 0n);
  const after = await chain.balance(chain.address);
  assert.equal(before + value, after + returned + outcome.fees + outcome.forwardFees);
  if (outcome.exitCode !== 0) return exitCodeName(outcome.exitCode ?? -1);
  assert.equal(outcome.actionCode, 0);
  return undefined;
}

async function runSteps(chain: WorkerChain, steps: readonly Step[]): Promise<void> {
  let state = await chain.state();
  for (const step of steps) {
    chain.wait(step.waitSeconds);
    const expected = expectWorkerCall(state, step, chain.now());
    const refusal = await take(chain, step, state.round);
    if (refusal === undefined) {
      assert.ok("state" in expected, `${step.act.action} succeeded`);
      state = expected.state;
    } else {
      assert.deepEqual({ refusal }, expected);
    }
    assert.deepEqual(await chain.state(), state);
    assert.ok((await chain.balance(chain.address)) >= state.bond);
  }
}

/** Whatever happened, five years later the owner gets the bond, alone, unless it was lost. */
async function endBond(chain: WorkerChain): Promise<void> {
  const { phase, bond, pending } = await chain.state();
  await assertRentPaid(chain, chain.address, bond);
  if (phase === "unregistered" || phase === "slashed") return;
  if (pending !== undefined) {
    await runSteps(chain, [{ from: reporter, act: { action: "execute" }, waitSeconds: 0 }]);
    assert.equal((await chain.state()).phase, "slashed");
    return;
  }
  if (phase === "bonded") {
    assert.equal((await chain.call(owner, requestUnbondWorkerBody(), ton)).exitCode, 0);
  }
  chain.wait(workerParams.closeDelaySeconds);
  const { exitCode, sent } = await chain.call(owner, withdrawWorkerBody(), ton);
  assert.equal(exitCode, 0);
  assert.deepEqual(
    sent.map(({ to, value }) => [to, value > bond + ton - 20_000_000n]),
    [[owner, true]],
  );
}

test("the worker bond does what its model says in any order, and money is conserved", async () => {
  const chain = await createWorkerChain({ auditorThreshold: 3 });
  await chain.register();
  const start = chain.blockchain.snapshot();
  await fc.assert(
    fc.asyncProperty(anySequence(anyStep), async (steps) => {
      await chain.blockchain.loadFrom(start);
      chain.blockchain.now = startSeconds;
      await runSteps(chain, steps);
      await endBond(chain);
    }),
    { numRuns: modelRuns(40) },
  );
});

/** What everybody can read or make: messages of others, proofs that prove nothing, verdicts of too few or long past. */
function knownBodies(chain: WorkerChain, round: number): readonly Cell[] {
  const notAfterSeconds = startSeconds + 1_000_000;
  const harmless = { isForged: false, isHarmless: true, notAfterSeconds };
  const submit = { action: "submit", seed: 1, signers: 3, isReplayed: false } as const;
  const acts: readonly WorkerAct[] = [
    { action: "register", amount: ton },
    { action: "deposit", amount: ton / 2n },
    { action: "requestUnbond" },
    { action: "withdraw" },
    { action: "cancel" },
    { action: "execute" },
    { ...submit, signers: 2 },
    { ...submit, signers: 4, isReplayed: true },
    { action: "doubleReceipt", ...harmless },
    { action: "doubleReceipt", ...harmless, isHarmless: false, isForged: true },
  ];
  return acts.map((act) => bodyOf(chain, act, round));
}

test("no sequence of messages by strangers changes anything", async () => {
  const chain = await createWorkerChain({ auditorThreshold: 3 });
  await chain.register();
  const judge = async (round: number) => {
    const act = { action: "submit", seed: 1, signers: 3, isReplayed: false } as const;
    assert.equal((await chain.call(reporter, bodyOf(chain, act, round))).exitCode, 0);
  };
  await judge(0);
  assert.equal((await chain.call(governance, cancelVerdictBody())).exitCode, 0);
  const bonded = chain.blockchain.snapshot();
  await judge(1);
  const judged = chain.blockchain.snapshot();
  const bodiesWhileBonded = knownBodies(chain, 1);
  const anyMessage = anyStrangersMessage(bodiesWhileBonded, Object.values(workerBondOpcodes));
  await fc.assert(
    fc.asyncProperty(anySequence(anyMessage), fc.boolean(), async (messages, isJudged) => {
      await chain.blockchain.loadFrom(isJudged ? judged : bonded);
      chain.wait(isJudged ? workerParams.disputeDelaySeconds - 1 : 0);
      const before = await chain.state();
      for (const message of messages) {
        assert.equal(await sendAsStranger(chain, chain.address, message), false);
      }
      assert.deepEqual(await chain.state(), before);
      assert.ok((await chain.balance(chain.address)) >= before.bond);
    }),
    { numRuns: modelRuns(10) },
  );
});
