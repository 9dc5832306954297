import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, type Cell } from "@ton/core";
import { nanotons, verdictDigest } from "@cocoon/protocol";
import { type Outcome, testAddress, testKey, ton } from "../testing/chain.ts";
import {
  auditors,
  createWorkerChain,
  governance,
  owner,
  receiptWith,
  reporter,
  verdictBody,
  vouch,
  workerBond,
  type WorkerChain,
  workerParams,
} from "../testing/worker-chain.ts";
import {
  bountyDivisor,
  bountyNotice,
  cancelVerdictBody,
  closeDelayMinSeconds,
  depositWorkerBody,
  executeVerdictBody,
  exitCodeName,
  parseWorkerBond,
  parseWorkerBondEvent,
  registerWorkerBody,
  requestUnbondWorkerBody,
  slashDoubleReceiptBody,
  submitVerdictBody,
  withdrawWorkerBody,
  workerBondAddress,
  workerBondGetter,
  workerBondInit,
  workerBondNotices,
} from "./index.ts";

const nobody = `0:${"00".repeat(32)}`;
const stranger = testAddress("stranger");

async function createRegistered(): Promise<WorkerChain> {
  const chain = await createWorkerChain();
  assert.equal((await chain.register()).exitCode, 0);
  return chain;
}

function assertRefused(outcome: Outcome, name: string): void {
  assert.equal(exitCodeName(outcome.exitCode ?? 0), name);
  assert.ok(outcome.bounced !== undefined);
}

function assertDone(outcome: Outcome): void {
  assert.deepEqual([outcome.exitCode, outcome.actionCode], [0, 0]);
}

const second = receiptWith({ finishReason: "length" });
const doubleReceipt = (chain: WorkerChain, changes = {}): Cell =>
  slashDoubleReceiptBody({
    identity: vouch(chain.address, chain.now()),
    first: receiptWith(),
    second,
    ...changes,
  });

test("register refuses strangers, too little value, a second time, and params that nobody should agree to", async () => {
  const wrong = [
    ["WeakKey", { bondKey: new Uint8Array(32) }],
    // The neutral point: under it everything is signed.
    ["WeakKey", { bondKey: Uint8Array.from({ length: 32 }, (_, index) => Number(index === 0)) }],
    ["WeakKey", { auditorKeys: [new Uint8Array(32)], auditorThreshold: 1 }],
    ["BadDelay", { closeDelaySeconds: closeDelayMinSeconds - 1 }],
    ["BadDelay", { disputeDelaySeconds: 86_399 }],
    ["BadKeys", { auditorThreshold: 0 }],
    ["BadKeys", { auditorThreshold: 11 }],
    ["BadKeys", { auditorThreshold: 1, auditorKeys: [] }],
    ["BadKeys", { auditorKeys: [...workerParams.auditorKeys, testKey("an eleventh").publicKey] }],
  ] as const;
  for (const [refusal, overrides] of wrong) {
    const chain = await createWorkerChain(overrides);
    assertRefused(await chain.register(), refusal);
  }
  const chain = await createWorkerChain();
  assertRefused(await chain.register(workerBond + 5_000_000n), "NotEnoughValue");
  assertDone(await chain.register());
  assertRefused(await chain.register(), "WrongPhase");
  const init = workerBondInit({ ...workerParams, salt: 3n });
  const to = workerBondAddress({ ...workerParams, salt: 3n });
  const body = registerWorkerBody(workerBond);
  const taken = await chain.send({ from: stranger, to, value: workerBond + ton, init, body });
  assertRefused(taken, "NotOwner");
});

test("register binds the amount, keeps a reserve and returns the rest", async () => {
  const chain = await createWorkerChain();
  const outcome = await chain.register(workerBond + ton);
  assertDone(outcome);
  assert.equal(outcome.sent[0]?.op, workerBondNotices.excesses);
  const reserve = (await chain.balance(chain.address)) - workerBond;
  assert.ok(reserve > 10_000_000n && reserve < 25_000_000n, `${reserve}`);
  const state = await chain.state();
  assert.deepEqual(state, {
    ...workerParams,
    phase: "bonded",
    bond: workerBond,
    round: 0,
    pending: undefined,
  });
  assert.equal(workerBondAddress(state), chain.address);
});

test("deposit adds to the bond, from the owner only and never more than came with it", async () => {
  const chain = await createRegistered();
  const amount = nanotons(3n * ton);
  const body = depositWorkerBody(amount);
  assertRefused(await chain.call(stranger, body, 4n * ton), "NotOwner");
  assertRefused(await chain.call(owner, body, amount), "NotEnoughValue");
  const held = await chain.balance(chain.address);
  assertDone(await chain.call(owner, body, 4n * ton));
  assert.equal((await chain.state()).bond, workerBond + amount);
  assert.equal(await chain.balance(chain.address), held + amount);
});

test("unbond waits out the delay and pays the bond to the owner; the account stays", async () => {
  const chain = await createRegistered();
  assertRefused(await chain.call(stranger, requestUnbondWorkerBody()), "NotOwner");
  assertRefused(await chain.call(owner, withdrawWorkerBody()), "WrongPhase");
  const held = await chain.balance(chain.address);
  const requested = await chain.call(owner, requestUnbondWorkerBody());
  assertDone(requested);
  assert.equal(requested.sent[0]?.op, workerBondNotices.excesses);
  assert.equal(await chain.balance(chain.address), held);
  const state = await chain.state();
  const ripeAt = chain.now() + closeDelayMinSeconds;
  assert.equal(state.phase === "unbonding" && state.withdrawableAtSeconds, ripeAt);
  assertRefused(await chain.call(owner, requestUnbondWorkerBody()), "WrongPhase");
  const deposit = depositWorkerBody(nanotons(1n));
  assertRefused(await chain.call(owner, deposit), "WrongPhase");
  chain.wait(closeDelayMinSeconds - 1);
  assertRefused(await chain.call(owner, withdrawWorkerBody()), "TooEarly");
  chain.wait(1);
  assertRefused(await chain.call(stranger, withdrawWorkerBody()), "NotOwner");
  const outcome = await chain.call(owner, withdrawWorkerBody());
  assertDone(outcome);
  assert.deepEqual(
    [outcome.sent[0]?.to, outcome.sent[0]?.op],
    [owner, workerBondNotices.withdrawn],
  );
  assert.ok((outcome.sent[0]?.value ?? 0n) >= workerBond);
  const left = await chain.state();
  assert.deepEqual([left.phase, left.bond], ["unregistered", 0n]);
  const [, withdrawableAt] = await chain.get(chain.address, workerBondGetter);
  assert.deepEqual(withdrawableAt, { type: "int", value: 0n });
  assert.ok((await chain.balance(chain.address)) > 10_000_000n);
  assertDone(await chain.register());
});

test("two receipts for one sequence slash: a quarter to the reporter, the rest to nobody", async () => {
  const chain = await createRegistered();
  const held = await chain.balance(chain.address);
  const outcome = await chain.call(reporter, doubleReceipt(chain));
  assertDone(outcome);
  const [burned, bounty, ...rest] = outcome.sent;
  assert.deepEqual(rest, []);
  assert.deepEqual(burned, { to: nobody, value: workerBond - workerBond / bountyDivisor, op: 0 });
  assert.deepEqual([bounty?.to, bounty?.op], [reporter, bountyNotice]);
  assert.ok((bounty?.value ?? 0n) > workerBond / bountyDivisor);
  assert.equal(await chain.balance(chain.address), held - workerBond);
  const [event] = outcome.events;
  assert.deepEqual(event && parseWorkerBondEvent(event), {
    kind: "slashed",
    fault: "doubleReceipt",
    reason: 0,
    amount: workerBond,
    reporter,
  });
  const state = await chain.state();
  assert.deepEqual(state.phase === "slashed" && state.slash, {
    fault: "doubleReceipt",
    reason: 0,
    slashedAtSeconds: chain.now(),
    amount: workerBond,
    receipt: "00".repeat(32),
  });
  for (const body of [doubleReceipt(chain), verdictBody(chain.address, 1)]) {
    assertRefused(await chain.call(reporter, body), "WrongPhase");
  }
  for (const body of [requestUnbondWorkerBody(), withdrawWorkerBody()]) {
    assertRefused(await chain.call(owner, body), "WrongPhase");
  }
  assertRefused(await chain.register(), "WrongPhase");
});

test("receipts that differ in sequence or channel, or not at all, show no fault", async () => {
  const chain = await createRegistered();
  const harmless = [
    receiptWith(),
    receiptWith({ sequence: 8, finishReason: "length" }),
    receiptWith({ sequence: 7 + 2 ** 32, finishReason: "length" }),
    receiptWith({ channel: testAddress("another"), finishReason: "length" }),
  ];
  for (const other of harmless) {
    const body = doubleReceipt(chain, { second: other });
    assertRefused(await chain.call(reporter, body), "NoFault");
  }
});

test("every field of a receipt counts, and a receipt that was not signed does not", async () => {
  const chain = await createRegistered();
  const start = chain.blockchain.snapshot();
  const [short, long] = [new Uint8Array(16), new Uint8Array(32)];
  const price = nanotons(1n);
  const terms = { promptPerMillion: price, completionPerMillion: price, feeBps: 1 };
  for (const changes of [
    { requestId: short },
    { headerHash: long },
    { claimsHash: long },
    { manifestHash: long },
    { tier: "confidential" },
    { usage: { promptTokens: 1, completionTokens: 211 } },
    { usage: { promptTokens: 17, completionTokens: 1 } },
    { terms },
    { requestHash: long },
    { answerHash: long },
    { chunkCount: 1 },
    { startedAtMs: 1 },
    { finishedAtMs: 1_795_000_001_235 },
    { contentCommitment: long },
  ] as const) {
    await chain.blockchain.loadFrom(start);
    assertDone(await chain.call(reporter, doubleReceipt(chain, { second: receiptWith(changes) })));
  }
  await chain.blockchain.loadFrom(start);
  for (const index of [0, 4, 106, 107, 213, 214, 320, 321, 384]) {
    // Magic, tier and such are looked at before a message is made: the bytes are put in by hand.
    const altered = Uint8Array.from(second);
    altered[index] = (altered[index] ?? 0) ^ 1;
    const body = rawDoubleReceipt(chain, rawReceipt(altered));
    assertRefused(await chain.call(reporter, body), "BadSignature");
  }
  const strangers = receiptWith({ finishReason: "length" }, testKey("stranger"));
  const body = doubleReceipt(chain, { second: strangers });
  assertRefused(await chain.call(reporter, body), "BadSignature");
});

function rawReceipt(bytes: Uint8Array, cuts: readonly number[] = [107, 214]): Cell {
  const parts = [0, ...cuts].map((from, index) =>
    beginCell().storeBuffer(Buffer.from(bytes.subarray(from, [...cuts, 321][index]))),
  );
  const cell = beginCell().storeBuffer(Buffer.from(bytes.subarray(321)));
  for (const part of parts) cell.storeRef(part);
  return cell.endCell();
}

function rawDoubleReceipt(chain: WorkerChain, other: Cell): Cell {
  const identity = vouch(chain.address, chain.now());
  return beginCell()
    .storeUint(0x57420005, 32)
    .storeUint(0, 64)
    .storeRef(
      beginCell()
        .storeBuffer(Buffer.from(identity.identityKey))
        .storeUint(identity.notAfterSeconds, 64)
        .storeBuffer(Buffer.from(identity.signature)),
    )
    .storeRef(rawReceipt(receiptWith()))
    .storeRef(other)
    .endCell();
}

test("a receipt that is cut elsewhere is refused: other fields cannot pass for channel and sequence", async () => {
  const chain = await createRegistered();
  // Cut at 75, manifest hash and workchain of honest receipts would stand where channel and sequence are looked for.
  const honest = receiptWith({ sequence: 8 });
  for (const cuts of [
    [75, 202],
    [106, 213],
    [107, 213],
    [107, 215],
  ]) {
    const outcome = await chain.call(reporter, rawDoubleReceipt(chain, rawReceipt(honest, cuts)));
    assert.ok(outcome.exitCode === 9, `${outcome.exitCode}`);
  }
  assertDone(await chain.call(reporter, rawDoubleReceipt(chain, rawReceipt(second))));
});

test("an identity that the bond key did not sign, or that is long past, slashes nobody", async () => {
  const chain = await createRegistered();
  const now = chain.now();
  const good = vouch(chain.address, now);
  const wrong = [
    vouch(chain.address, now, { key: testKey("forger") }),
    vouch(chain.address, now, { networkId: -239 }),
    vouch(testAddress("another bond"), now),
    { ...good, notAfterSeconds: now + 1 },
    { ...good, identityKey: testKey("stranger").publicKey },
  ];
  for (const identity of wrong) {
    assertRefused(await chain.call(reporter, doubleReceipt(chain, { identity })), "BadSignature");
  }
  const past = vouch(chain.address, now - closeDelayMinSeconds);
  assertRefused(
    await chain.call(reporter, doubleReceipt(chain, { identity: past })),
    "ExpiredStatement",
  );
  const last = vouch(chain.address, now - closeDelayMinSeconds + 1);
  assertDone(await chain.call(reporter, doubleReceipt(chain, { identity: last })));
});

test("a verdict waits out the dispute delay and then slashes, for the one who brought it", async () => {
  const chain = await createRegistered();
  const bonded = await chain.balance(chain.address);
  const submitted = await chain.call(reporter, verdictBody(chain.address, 5));
  assertDone(submitted);
  assert.equal(await chain.balance(chain.address), bonded);
  const executableAtSeconds = chain.now() + workerParams.disputeDelaySeconds;
  const receipt = "05".repeat(32);
  const [event] = submitted.events;
  assert.deepEqual(event && parseWorkerBondEvent(event), {
    kind: "verdictSubmitted",
    receipt,
    reason: 3,
    executableAtSeconds,
  });
  const state = await chain.state();
  assert.deepEqual(state.pending, { receipt, reason: 3, executableAtSeconds, reporter });
  assert.deepEqual([state.round, state.bond, state.phase], [1, workerBond, "bonded"]);
  assertRefused(await chain.call(reporter, verdictBody(chain.address, 5, { round: 1 })), "Pending");
  chain.wait(workerParams.disputeDelaySeconds - 1);
  assertRefused(await chain.call(stranger, executeVerdictBody()), "TooEarly");
  const held = await chain.balance(chain.address);
  chain.wait(1);
  const executed = await chain.call(stranger, executeVerdictBody());
  assertDone(executed);
  const [burned, bounty, excess] = executed.sent;
  assert.deepEqual(burned?.to, nobody);
  assert.equal(burned?.value, workerBond - workerBond / bountyDivisor);
  assert.deepEqual([bounty?.to, bounty?.op], [reporter, bountyNotice]);
  assert.equal(bounty?.value, workerBond / bountyDivisor);
  assert.deepEqual([excess?.to, excess?.op], [stranger, workerBondNotices.excesses]);
  // Storage for a second is less than a nanoton, rounded up.
  const paid = held - (await chain.balance(chain.address));
  assert.ok(paid === workerBond || paid === workerBond + 1n, `${paid}`);
  const [told] = executed.events;
  assert.deepEqual(told && parseWorkerBondEvent(told), {
    kind: "slashed",
    fault: "verdict",
    reason: 3,
    amount: workerBond,
    reporter,
  });
  const ended = await chain.state();
  assert.deepEqual(ended.phase === "slashed" && ended.slash, {
    fault: "verdict",
    reason: 3,
    slashedAtSeconds: chain.now(),
    amount: workerBond,
    receipt,
  });
  assert.equal(ended.pending, undefined);
  assertRefused(await chain.call(stranger, executeVerdictBody()), "NotPending");
});

test("a verdict needs its threshold of different auditors, for this bond, network and round", async () => {
  const chain = await createWorkerChain({ auditorThreshold: 3 });
  assertDone(await chain.register());
  const refused = async (name: string, body: Cell): Promise<void> =>
    assertRefused(await chain.call(reporter, body), name);
  const to = chain.address;
  await refused("TooFewSignatures", verdictBody(to, 1, { by: [0, 1] }));
  await refused("BadSignature", verdictBody(to, 1, { by: [0, 0, 0] }));
  await refused("BadSignature", verdictBody(to, 1, { by: [0, 1, 10] }));
  await refused("BadSignature", verdictBody(to, 1, { round: 1, by: [0, 1, 2] }));
  await refused("BadSignature", verdictBody(stranger, 1, { by: [0, 1, 2] }));
  const verdict = { receipt: new Uint8Array(32), reason: 1 };
  const digest = verdictDigest({ networkId: -239, bond: to, round: 0, ...verdict });
  const signatures = [0, 1, 2].map((auditor) => {
    const signature = auditors[auditor]?.sign(digest) ?? new Uint8Array(64);
    return { auditor, signature };
  });
  await refused("BadSignature", submitVerdictBody(verdict, signatures));
  const poor = await chain.call(reporter, verdictBody(to, 1, { by: [0, 1, 2] }), 900_000n);
  assertRefused(poor, "NotEnoughValue");
  assert.throws(() => submitVerdictBody(verdict, []), RangeError);
  assertDone(await chain.call(reporter, verdictBody(to, 1, { by: [8, 3, 5] })));
});

test("governance cancels a verdict, which then never counts again", async () => {
  const chain = await createRegistered();
  const held = await chain.balance(chain.address);
  assertRefused(await chain.call(governance, cancelVerdictBody()), "NotPending");
  const body = verdictBody(chain.address, 5);
  assertDone(await chain.call(reporter, body));
  for (const from of [stranger, owner, reporter]) {
    assertRefused(await chain.call(from, cancelVerdictBody()), "NotGovernance");
  }
  assertRefused(await chain.call(governance, cancelVerdictBody(), 300_000n), "NotEnoughValue");
  const cancelled = await chain.call(governance, cancelVerdictBody());
  assertDone(cancelled);
  const [excess] = cancelled.sent;
  assert.deepEqual([excess?.to, excess?.op], [governance, workerBondNotices.excesses]);
  assert.ok((excess?.value ?? 0n) > 0n);
  assert.equal(await chain.balance(chain.address), held);
  const [event] = cancelled.events;
  const receipt = "05".repeat(32);
  assert.deepEqual(event && parseWorkerBondEvent(event), { kind: "verdictCancelled", receipt });
  assert.deepEqual((await chain.state()).pending, undefined);
  chain.wait(workerParams.disputeDelaySeconds);
  assertRefused(await chain.call(stranger, executeVerdictBody()), "NotPending");
  assertRefused(await chain.call(reporter, body), "BadSignature");
  assertDone(await chain.call(owner, requestUnbondWorkerBody()));
  chain.wait(closeDelayMinSeconds);
  assertDone(await chain.call(owner, withdrawWorkerBody()));
  assertDone(await chain.register());
  assertRefused(await chain.call(reporter, body), "BadSignature");
  assertDone(await chain.call(reporter, verdictBody(chain.address, 5, { round: 1 })));
});

test("a bond is not withdrawn while a verdict is pending, however long its delay has passed", async () => {
  const chain = await createRegistered();
  assertDone(await chain.call(owner, requestUnbondWorkerBody()));
  chain.wait(closeDelayMinSeconds);
  assertDone(await chain.call(reporter, verdictBody(chain.address, 5)));
  assertRefused(await chain.call(owner, withdrawWorkerBody()), "Pending");
  const pending = chain.blockchain.snapshot();
  assertDone(await chain.call(governance, cancelVerdictBody()));
  assertDone(await chain.call(owner, withdrawWorkerBody()));
  await chain.blockchain.loadFrom(pending);
  assertDone(await chain.call(reporter, doubleReceipt(chain)));
  const state = await chain.state();
  assert.equal(state.phase === "slashed" && state.slash.fault, "doubleReceipt");
  assert.equal(state.pending, undefined);
  const [, withdrawableAt] = await chain.get(chain.address, workerBondGetter);
  assert.deepEqual(withdrawableAt, { type: "int", value: 0n });
});

test("an unregistered bond takes no proof, and refuses bare transfers and unknown opcodes", async () => {
  const chain = await createRegistered();
  assertDone(await chain.call(owner, requestUnbondWorkerBody()));
  chain.wait(closeDelayMinSeconds);
  assertDone(await chain.call(owner, withdrawWorkerBody()));
  for (const body of [doubleReceipt(chain), verdictBody(chain.address, 1)]) {
    assertRefused(await chain.call(reporter, body), "WrongPhase");
  }
  const unknown = beginCell().storeUint(0xdeadbeef, 32).endCell();
  assertRefused(await chain.call(owner, unknown), "UnknownOp");
  assertRefused(await chain.call(owner, undefined), "UnknownOp");
});

test("parseWorkerBond() and parseWorkerBondEvent() refuse what the contract does not say", async () => {
  const chain = await createRegistered();
  assertDone(await chain.call(reporter, verdictBody(chain.address, 5)));
  const stack = await chain.get(chain.address, workerBondGetter);
  const refused = { code: "contract_unexpected" };
  for (const index of [0, 1, 2, 3, 4]) {
    assert.throws(() => parseWorkerBond(stack.with(index, { type: "null" })), refused);
  }
  const empty = { type: "cell", cell: beginCell().endCell() } as const;
  for (const index of [4, 5, 6]) {
    assert.throws(() => parseWorkerBond(stack.with(index, empty)), refused);
  }
  const slashedForNothing = stack.with(0, { type: "int", value: 3n });
  assert.throws(() => parseWorkerBond(slashedForNothing), refused);
  for (const body of [beginCell(), beginCell().storeUint(0x57422001, 32)]) {
    assert.equal(parseWorkerBondEvent(body.endCell()), undefined);
  }
  assert.equal(parseWorkerBondEvent(beginCell().storeUint(1, 32).endCell()), undefined);
});
