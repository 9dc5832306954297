import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, type Cell } from "@ton/core";
import { cellDigest, concatBytes, nanotons } from "@cocoon/protocol";
import { anchorDigestOf } from "../testing/anchor.ts";
import { proxyBondReaders } from "../testing/bond-chain.ts";
import {
  agreedState,
  createTestChain,
  type Outcome,
  testAddress,
  testKey,
  ton,
} from "../testing/chain.ts";
import { testNetworkId } from "../testing/prices.ts";
import {
  anchorBody,
  closeDelayMinSeconds,
  depositBondBody,
  exitCodeName,
  parseCheckpointAnchored,
  parseProxyBond,
  proxyBondAddress,
  proxyBondAttachment,
  proxyBondGetter,
  proxyBondInit,
  type ProxyBondState,
  type ProxyTerms,
  registerBondBody,
  requestUnbondBody,
  tonAddress,
  updateTermsBody,
  withdrawBondBody,
  withdrawnNotice,
  withdrawSurplusBody,
} from "./index.ts";

const owner = testAddress("owner");
const stranger = testAddress("stranger");
const logKey = testKey("log");
const params = { owner, salt: 5n };
const address = proxyBondAddress(params);
const bond = nanotons(100n * ton);
const attached = proxyBondAttachment.other;
const terms: ProxyTerms = {
  url: "cocoon://proxy.example:10010",
  logKey: logKey.publicKey,
  feeBps: 250,
  closeDelaySeconds: closeDelayMinSeconds,
};
const root = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);

function signedAnchor(treeSize: number, timestampSeconds: number, key = logKey): Cell {
  const signed = { treeSize, root: root(treeSize % 256), timestampSeconds };
  const signature = key.sign(anchorDigestOf(testNetworkId, address, signed));
  return anchorBody({ ...signed, signature });
}

async function createBondChain() {
  const chain = await createTestChain();
  const call = (from: string, body: Cell | undefined, value: bigint = attached) =>
    chain.send({ from, to: address, value, ...(body && { body }) });
  const register = (from = owner, value: bigint = bond + ton, declared = terms) =>
    chain.send({
      from,
      to: address,
      value,
      init: proxyBondInit(params),
      body: registerBondBody(bond, declared),
    });
  const state = (): Promise<ProxyBondState> => agreedState(chain, address, proxyBondReaders);
  const anchor = (treeSize: number, timestampSeconds = chain.now(), key = logKey) =>
    chain.sendExternal(address, signedAnchor(treeSize, timestampSeconds, key));
  return { ...chain, call, register, state, anchor };
}

async function createRegisteredBond(value: bigint = bond + ton) {
  const chain = await createBondChain();
  assert.equal((await chain.register(owner, value)).exitCode, 0);
  return chain;
}

function assertRefused(outcome: Outcome, name: string): void {
  assert.equal(exitCodeName(outcome.exitCode ?? 0), name);
  assert.ok(outcome.bounced !== undefined);
}

function assertAnchored(outcome: Outcome | number): asserts outcome is Outcome {
  if (typeof outcome === "number") assert.fail(`refused with ${outcome}`);
  assert.deepEqual([outcome.exitCode, outcome.actionCode], [0, 0]);
}

test("register refuses strangers, too little value, a second time and terms that nobody should declare", async () => {
  const chain = await createBondChain();
  const full = bond + ton;
  assertRefused(await chain.register(stranger), "NotOwner");
  assertRefused(await chain.register(owner, bond + 5_000_000n), "NotEnoughValue");
  // No key, and the neutral point, under which everything is signed.
  for (const first of [0, 1]) {
    const weak = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? first : 0));
    assertRefused(await chain.register(owner, full, { ...terms, logKey: weak }), "WeakKey");
  }
  assertRefused(await chain.register(owner, full, { ...terms, feeBps: 10_001 }), "BadFee");
  assert.equal((await chain.register()).exitCode, 0);
  assertRefused(await chain.register(), "WrongPhase");
});

test("register refuses a url that is empty, too long, not whole bytes or more than a cell", async () => {
  const chain = await createBondChain();
  const urls = [
    beginCell(),
    beginCell().storeUint(1, 7),
    beginCell().storeBuffer(Buffer.alloc(127, 97)).storeUint(0, 1),
    beginCell().storeBuffer(Buffer.from("a")).storeRef(beginCell()),
  ];
  for (const url of urls) {
    const declared = beginCell()
      .storeBuffer(Buffer.from(terms.logKey))
      .storeUint(0, 16)
      .storeUint(closeDelayMinSeconds, 32)
      .storeRef(url);
    const body = beginCell()
      .storeUint(0x42440001, 32)
      .storeUint(0, 64)
      .storeCoins(bond)
      .storeRef(declared);
    const init = proxyBondInit(params);
    const message = { from: owner, to: address, value: bond + ton, init, body: body.endCell() };
    assertRefused(await chain.send(message), "BadText");
  }
  const longest = { ...terms, url: "u".repeat(127) };
  assert.equal((await chain.register(owner, bond + ton, longest)).exitCode, 0);
  assert.throws(() => registerBondBody(bond, { ...terms, url: "" }), RangeError);
  assert.throws(() => registerBondBody(bond, { ...terms, url: "u".repeat(128) }), RangeError);
});

test("register keeps all that came with it and declares the terms", async () => {
  const chain = await createBondChain();
  const outcome = await chain.register();
  assert.equal(outcome.sent.length, 0);
  assert.equal(await chain.balance(address), bond + ton - outcome.fees);
  assert.deepEqual(await chain.state(), {
    ...params,
    ...terms,
    phase: "bonded",
    bond,
    checkpoint: undefined,
    formerKey: undefined,
  });
  assert.equal(proxyBondAddress(await chain.state()), address);
});

test("deposit adds to the bond, from the owner only and never more than came with it", async () => {
  const chain = await createRegisteredBond();
  const amount = nanotons(3n * ton);
  assertRefused(await chain.call(stranger, depositBondBody(amount), amount + attached), "NotOwner");
  assertRefused(await chain.call(owner, depositBondBody(amount), amount), "NotEnoughValue");
  assert.equal((await chain.call(owner, depositBondBody(amount), amount + attached)).exitCode, 0);
  assert.equal((await chain.state()).bond, bond + amount);
});

test("update changes url and fee, and the log key only when one is named", async () => {
  const chain = await createRegisteredBond();
  const update = { url: "cocoon://elsewhere:1", feeBps: 10_000 };
  assertRefused(await chain.call(stranger, updateTermsBody(update)), "NotOwner");
  assertRefused(await chain.call(owner, updateTermsBody(update), 300_000n), "NotEnoughValue");
  assertRefused(await chain.call(owner, updateTermsBody({ ...update, feeBps: 10_001 })), "BadFee");
  const weak = { ...update, logKey: new Uint8Array(32) };
  assertRefused(await chain.call(owner, updateTermsBody(weak)), "WeakKey");
  assert.equal((await chain.call(owner, updateTermsBody(update))).exitCode, 0);
  const kept = {
    ...params,
    ...terms,
    phase: "bonded",
    bond,
    checkpoint: undefined,
    formerKey: undefined,
  };
  assert.deepEqual(await chain.state(), { ...kept, ...update });
  const newKey = testKey("new log");
  const rotation = { ...update, logKey: newKey.publicKey };
  assert.equal((await chain.call(owner, updateTermsBody(rotation))).exitCode, 0);
  const formerKey = { logKey: logKey.publicKey, untilSeconds: chain.now() + closeDelayMinSeconds };
  assert.deepEqual(await chain.state(), { ...kept, ...rotation, formerKey });
  assert.equal(exitCodeName(Number(await chain.anchor(1))), "BadSignature");
  assertAnchored(await chain.anchor(1, chain.now(), newKey));
});

test("a log key is replaced once in a close delay, and naming the same again replaces nothing", async () => {
  const chain = await createRegisteredBond();
  const update = { url: terms.url, feeBps: 1 };
  const rotate = (name: string) =>
    chain.call(owner, updateTermsBody({ ...update, logKey: testKey(name).publicKey }));
  assert.equal((await rotate("log")).exitCode, 0);
  assert.equal((await chain.state()).formerKey, undefined);
  assert.equal((await rotate("second")).exitCode, 0);
  chain.wait(closeDelayMinSeconds - 1);
  assertRefused(await rotate("third"), "TooEarly");
  assert.equal((await rotate("second")).exitCode, 0);
  chain.wait(1);
  assert.equal((await rotate("third")).exitCode, 0);
  const { formerKey } = await chain.state();
  assert.deepEqual(formerKey?.logKey, testKey("second").publicKey);
});

test("a bond that is registered again has no former key", async () => {
  const chain = await createRegisteredBond();
  const rotation = { url: terms.url, feeBps: 1, logKey: testKey("new log").publicKey };
  assert.equal((await chain.call(owner, updateTermsBody(rotation))).exitCode, 0);
  assert.equal((await chain.call(owner, requestUnbondBody())).exitCode, 0);
  chain.wait(closeDelayMinSeconds);
  assert.equal((await chain.call(owner, withdrawBondBody())).exitCode, 0);
  assert.equal((await chain.register()).exitCode, 0);
  assert.equal((await chain.state()).formerKey, undefined);
});

test("register refuses a close delay that leaves no time for proofs", async () => {
  const chain = await createBondChain();
  const short = { ...terms, closeDelaySeconds: closeDelayMinSeconds - 1 };
  assertRefused(await chain.register(owner, bond + ton, short), "BadDelay");
});

test("an anchor is stored, emitted and chained to the one before it", async () => {
  const chain = await createRegisteredBond();
  let previous = new Uint8Array(32);
  for (const [index, treeSize] of [3, 4, 200].entries()) {
    chain.wait(10);
    const outcome = await chain.anchor(treeSize);
    assertAnchored(outcome);
    const signed = { treeSize, root: root(treeSize % 256), timestampSeconds: chain.now() };
    const digest = anchorDigestOf(testNetworkId, address, signed);
    previous = Uint8Array.from(cellDigest(concatBytes(previous, digest)));
    const checkpoint = { ...signed, count: index + 1, chain: previous };
    assert.deepEqual((await chain.state()).checkpoint, checkpoint);
    const [event] = outcome.events;
    assert.ok(event !== undefined);
    assert.deepEqual(parseCheckpointAnchored(event), checkpoint);
  }
});

test("an anchor that is forged, old, from the future or for another chain is never accepted", async () => {
  const chain = await createRegisteredBond();
  const refused = async (name: string, outcome: Promise<Outcome | number>): Promise<void> => {
    const before = await chain.balance(address);
    assert.equal(exitCodeName(Number(await outcome)), name);
    assert.equal(await chain.balance(address), before);
  };
  const time = chain.now();
  await refused("BadSignature", chain.anchor(5, time, testKey("forger")));
  await refused("FutureCheckpoint", chain.anchor(5, time + 61));
  assertAnchored(await chain.anchor(5, time + 60));
  await refused("StaleCheckpoint", chain.anchor(5, time + 60));
  await refused("StaleCheckpoint", chain.anchor(4, time + 60));
  await refused("StaleCheckpoint", chain.anchor(6, time + 59));
  assertAnchored(await chain.anchor(6, time + 60));
  const digest = cellDigest(new Uint8Array(89));
  const signed = { treeSize: 7, root: root(7), timestampSeconds: time + 60 };
  const foreign = anchorBody({ ...signed, signature: logKey.sign(digest) });
  await refused("BadSignature", chain.sendExternal(address, foreign));
  const unknown = beginCell().storeUint(0xdeadbeef, 32).endCell();
  await refused("UnknownOp", chain.sendExternal(address, unknown));
  const long = beginCell()
    .storeSlice(signedAnchor(7, time + 60).beginParse())
    .storeUint(0, 8);
  assert.equal(await chain.sendExternal(address, long.endCell()), 9);
});

test("an anchor is refused before it is accepted when the budget cannot pay for it", async () => {
  const chain = await createRegisteredBond();
  assert.equal((await chain.call(owner, withdrawSurplusBody())).exitCode, 0);
  const held = await chain.balance(address);
  assert.equal(exitCodeName(Number(await chain.anchor(1))), "BudgetSpent");
  assert.equal(await chain.balance(address), held);
  // A bare transfer, from anyone, fills the budget; it lasts for one anchor.
  assert.equal((await chain.call(stranger, undefined, 1_200_000n)).exitCode, 0);
  assertAnchored(await chain.anchor(1));
  assert.ok((await chain.balance(address)) >= held);
  assert.equal(exitCodeName(Number(await chain.anchor(2))), "BudgetSpent");
});

test("an anchor costs no more than the budget check foresees, so bond and reserve stay whole", async () => {
  const chain = await createRegisteredBond();
  await chain.call(owner, withdrawSurplusBody());
  const held = await chain.balance(address);
  for (let treeSize = 1; treeSize <= 60; treeSize += 1) {
    if (typeof (await chain.anchor(treeSize)) === "number") {
      await chain.call(stranger, undefined, 150_000n);
      assert.ok((await chain.balance(address)) >= held);
    }
  }
  assert.ok((await chain.state()).checkpoint !== undefined);
});

test("an unregistered bond anchors nothing and a bare transfer does not register it", async () => {
  const chain = await createBondChain();
  await chain.send({ from: stranger, to: address, value: ton, init: proxyBondInit(params) });
  assert.deepEqual(await chain.state(), {
    ...params,
    phase: "unregistered",
    bond: 0n,
    checkpoint: undefined,
    formerKey: undefined,
  });
  assert.equal(exitCodeName(Number(await chain.anchor(1))), "WrongPhase");
  for (const body of [
    depositBondBody(nanotons(0n)),
    updateTermsBody(terms),
    requestUnbondBody(),
    withdrawBondBody(),
  ]) {
    assertRefused(await chain.call(owner, body), "WrongPhase");
  }
});

test("a bond that never was registered says nothing but zeros of what it does not have", async () => {
  const chain = await createTestChain();
  await chain.send({ from: stranger, to: address, value: ton, init: proxyBondInit(params) });
  const stack = await chain.get(address, proxyBondGetter);
  const numbers = stack.map((item) => (item.type === "int" ? item.value : undefined));
  // Owner, salt and url are the fourth, the fifth and the ninth.
  const declared = numbers.filter((_, index) => ![3, 4, 8].includes(index));
  assert.deepEqual(new Set(declared), new Set([0n]));
  const url = stack[8];
  assert.ok(url?.type === "cell" && url.cell.equals(beginCell().endCell()));
});

test("withdraw surplus sends the owner all above bond and reserve, and never less than nothing", async () => {
  const chain = await createRegisteredBond();
  assertRefused(await chain.call(stranger, withdrawSurplusBody()), "NotOwner");
  assertRefused(await chain.call(owner, withdrawSurplusBody(), 300_000n), "NotEnoughValue");
  const first = await chain.call(owner, withdrawSurplusBody());
  const [withdrawn] = first.sent;
  assert.deepEqual([withdrawn?.to, withdrawn?.op], [owner, withdrawnNotice]);
  assert.ok((withdrawn?.value ?? 0n) > ton / 2n);
  const reserve = (await chain.balance(address)) - bond;
  assert.ok(reserve > 5_000_000n && reserve < 20_000_000n, `${reserve}`);
  const second = await chain.call(owner, withdrawSurplusBody());
  assert.equal(second.sent[0]?.value, attached - second.fees - second.forwardFees);
  assert.equal((await chain.balance(address)) - bond, reserve);
});

test("unbond waits out the delay, anchors meanwhile, and pays the bond to the owner", async () => {
  const chain = await createRegisteredBond();
  assertAnchored(await chain.anchor(1));
  assertRefused(await chain.call(stranger, requestUnbondBody()), "NotOwner");
  assertRefused(await chain.call(owner, withdrawBondBody()), "WrongPhase");
  assertRefused(await chain.call(owner, requestUnbondBody(), 250_000n), "NotEnoughValue");
  assert.equal((await chain.call(owner, requestUnbondBody())).exitCode, 0);
  const withdrawableAtSeconds = chain.now() + terms.closeDelaySeconds;
  const { checkpoint } = await chain.state();
  assert.deepEqual(await chain.state(), {
    ...params,
    ...terms,
    phase: "unbonding",
    withdrawableAtSeconds,
    bond,
    checkpoint,
    formerKey: undefined,
  });
  assertRefused(await chain.call(owner, requestUnbondBody()), "WrongPhase");
  assertRefused(await chain.call(owner, updateTermsBody(terms)), "WrongPhase");
  const more = depositBondBody(nanotons(ton));
  assertRefused(await chain.call(owner, more, ton + attached), "WrongPhase");
  assertAnchored(await chain.anchor(2));
  chain.wait(terms.closeDelaySeconds - 1);
  assertRefused(await chain.call(owner, withdrawBondBody()), "TooEarly");
  chain.wait(1);
  assertRefused(await chain.call(stranger, withdrawBondBody()), "NotOwner");
  assertRefused(await chain.call(owner, withdrawBondBody(), 300_000n), "NotEnoughValue");
  const outcome = await chain.call(owner, withdrawBondBody());
  assert.equal(outcome.sent[0]?.to, owner);
  assert.ok((outcome.sent[0]?.value ?? 0n) > bond + ton / 2n);
  const left = await chain.state();
  assert.deepEqual([left.phase, left.bond, left.checkpoint?.treeSize], ["unregistered", 0n, 2]);
  const [, withdrawableAt] = await chain.get(address, proxyBondGetter);
  assert.deepEqual(withdrawableAt, { type: "int", value: 0n });
  assert.equal(exitCodeName(Number(await chain.anchor(3))), "WrongPhase");
});

test("a bond that is registered again cannot go back in its log", async () => {
  const chain = await createRegisteredBond();
  assertAnchored(await chain.anchor(10));
  await chain.call(owner, requestUnbondBody());
  chain.wait(terms.closeDelaySeconds);
  await chain.call(owner, withdrawBondBody());
  assert.equal((await chain.register()).exitCode, 0);
  assert.equal((await chain.state()).checkpoint?.treeSize, 10);
  assert.equal(exitCodeName(Number(await chain.anchor(10))), "StaleCheckpoint");
  assertAnchored(await chain.anchor(11));
});

test("the bond refuses an unknown opcode and ignores what bounced", async () => {
  const chain = await createRegisteredBond();
  const unknown = beginCell().storeUint(0xdeadbeef, 32).endCell();
  assertRefused(await chain.call(owner, unknown), "UnknownOp");
  const before = await chain.state();
  const bounced = await chain.send({
    from: owner,
    to: address,
    value: attached,
    body: beginCell().storeUint(0xffffffff, 32).storeUint(withdrawnNotice, 32).endCell(),
    bounce: false,
    bounced: true,
  });
  assert.equal(bounced.exitCode, 0);
  assert.deepEqual(await chain.state(), before);
});

test("parseProxyBond() and parseCheckpointAnchored() refuse what the contract does not say", async () => {
  const chain = await createRegisteredBond();
  assertAnchored(await chain.anchor(1));
  const stack = await chain.get(address, proxyBondGetter);
  for (const index of stack.keys()) {
    const wrong = stack.with(index, { type: "null" });
    assert.throws(() => parseProxyBond(wrong), { code: "contract_unexpected" });
  }
  const notText = beginCell().storeUint(0xff, 8).endCell();
  assert.throws(() => parseProxyBond(stack.with(8, { type: "cell", cell: notText })), {
    code: "contract_unexpected",
  });
  assert.equal(parseCheckpointAnchored(beginCell().endCell()), undefined);
  assert.equal(parseCheckpointAnchored(beginCell().storeUint(1, 32).endCell()), undefined);
  assert.equal(tonAddress(address).toRawString(), address);
});
