import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, type Cell } from "@ton/core";
import {
  formatCheckpoint,
  logOrigin,
  nanotons,
  signPromise,
  toBase64,
  utf8,
} from "@cocoon/protocol";
import {
  bond,
  bondAddress,
  bondParams,
  createAccusedBond,
  logKey,
  owner,
  reporter,
  terms,
} from "../testing/bond-chain.ts";
import { testKey, ton } from "../testing/chain.ts";
import { createTestLog, type TestLogOptions } from "../testing/log.ts";
import {
  anchorBody,
  anchorDeadlineSeconds,
  bountyDivisor,
  bountyNotice,
  closeDelayMinSeconds,
  type Contradiction,
  depositBondBody,
  exitCodeName,
  parseAnchor,
  parseProxyBond,
  parseProxySlashed,
  proxyBondAddress,
  proxyBondGetter,
  proxyBondInit,
  proxyFaultOf,
  registerBondBody,
  requestUnbondBody,
  type SignedHead,
  slashContradictionBody,
  slashOmissionBody,
  updateTermsBody,
  withdrawBondBody,
  withdrawSurplusBody,
} from "./index.ts";

const nobody = `0:${"00".repeat(32)}`;
const logOf = (options: Partial<TestLogOptions> = {}) =>
  createTestLog({ key: logKey, bond: bondAddress, size: 40, ...options });
const log = logOf();
const fork = logOf({ forkedAt: 10 });
const accusation = (contradiction: Contradiction): Cell =>
  slashContradictionBody(bondAddress, contradiction);
const equivocation = accusation({ first: log.checkpoint(30), second: fork.checkpoint(30) });

test("a slash burns three quarters, pays the reporter a quarter and says why for ever", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 20), undefined);
  const before = await chain.balance(bondAddress);
  const value = 50_000_000n;
  const outcome = await chain.call(reporter, equivocation, value);
  assert.deepEqual([outcome.exitCode, outcome.actionCode], [0, 0]);
  const [burned, bounty, ...rest] = outcome.sent;
  assert.deepEqual(rest, []);
  assert.deepEqual(burned, { to: nobody, value: bond - bond / bountyDivisor, op: 0 });
  const returned = value - outcome.fees - outcome.forwardFees - 66_667n;
  assert.deepEqual([bounty?.to, bounty?.op], [reporter, bountyNotice]);
  assert.ok((bounty?.value ?? 0n) >= bond / bountyDivisor + returned);
  assert.equal(await chain.balance(bondAddress), before - bond);
  const [event] = outcome.events;
  assert.deepEqual(event && parseProxySlashed(event), {
    fault: "equivocation",
    amount: bond,
    reporter,
  });
  const state = await chain.state();
  assert.deepEqual(state, {
    ...bondParams,
    ...terms,
    phase: "slashed",
    slash: { fault: "equivocation", slashedAtSeconds: chain.now(), amount: bond },
    bond: 0n,
    checkpoint: state.checkpoint,
    formerKey: undefined,
  });
  assert.equal(state.checkpoint?.treeSize, 20);
});

test("a slashed bond is at its end: only its budget can still be withdrawn, by its owner", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.accuse(equivocation), undefined);
  assert.equal(await chain.accuse(equivocation), "WrongPhase");
  const omission = slashOmissionBody(bondAddress, { promise: log.promise(1, 0) });
  assert.equal(await chain.accuse(omission), "WrongPhase");
  assert.equal(await chain.anchor(log, 20), "WrongPhase");
  for (const body of [
    registerBondBody(bond, terms),
    depositBondBody(bond),
    updateTermsBody(terms),
    requestUnbondBody(),
    withdrawBondBody(),
  ]) {
    const outcome = await chain.call(owner, body, bond + ton);
    assert.equal(exitCodeName(outcome.exitCode ?? 0), "WrongPhase");
  }
  const surplus = await chain.call(owner, withdrawSurplusBody());
  assert.equal(surplus.exitCode, 0);
  assert.ok((surplus.sent[0]?.value ?? 0n) > ton / 2n);
  assert.ok((await chain.balance(bondAddress)) > 5_000_000n);
});

test("two trees of one size slash, as checkpoints, as anchors, and against the newest anchor", async () => {
  const chain = await createAccusedBond();
  const anchoredAt = chain.now();
  assert.equal(await chain.anchor(log, 30), undefined);
  const start = chain.blockchain.snapshot();
  const heads = (of: typeof log): SignedHead[] => [of.checkpoint(30), of.anchor(30, anchoredAt)];
  for (const first of heads(fork)) {
    for (const second of [undefined, ...heads(log)]) {
      await chain.blockchain.loadFrom(start);
      assert.equal(await chain.accuse(accusation({ first, ...(second && { second }) })), undefined);
      const state = await chain.state();
      assert.equal(state.phase === "slashed" && state.slash.fault, "equivocation");
    }
  }
});

test("trees that agree, or that differ in size alone, show no fault", async () => {
  const chain = await createAccusedBond();
  const unanchored = accusation({ first: log.checkpoint(0) });
  assert.equal(await chain.accuse(unanchored), "NoFault");
  assert.equal(await chain.anchor(log, 30), undefined);
  const harmless: Contradiction[] = [
    { first: log.checkpoint(30) },
    { first: log.checkpoint(30), second: log.checkpoint(30) },
    { first: log.checkpoint(30), second: log.anchor(30, 1) },
    { first: log.checkpoint(29) },
    { first: fork.checkpoint(29), second: log.checkpoint(30) },
    { first: log.checkpoint(0), second: log.checkpoint(0) },
  ];
  for (const contradiction of harmless) {
    assert.equal(await chain.accuse(accusation(contradiction)), "NoFault");
  }
});

test("a signature of any other key, text, log or network is refused", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 30), undefined);
  const elsewhere = proxyBondAddress({ ...bondParams, salt: 6n });
  const wrong = [
    logOf({ forkedAt: 3, key: testKey("forger") }),
    logOf({ forkedAt: 3, bond: elsewhere }),
    logOf({ forkedAt: 3, networkId: -239 }),
    logOf({ forkedAt: 3, networkId: 7239 }),
  ];
  for (const other of wrong) {
    for (const first of [other.checkpoint(30), other.anchor(30, chain.now())]) {
      assert.equal(await chain.accuse(accusation({ first })), "BadSignature");
    }
  }
  const head = fork.checkpoint(30);
  const signature = Uint8Array.from(head.signature);
  signature[63] = (signature[63] ?? 0) ^ 1;
  for (const first of [
    { ...head, signature },
    { ...head, size: 31 },
    { ...head, root: fork.root(29) },
  ]) {
    assert.equal(await chain.accuse(accusation({ first })), "BadSignature");
  }
  // The checksum in the address is part of what is signed.
  const foreign = slashContradictionBody(elsewhere, { first: head });
  assert.equal(await chain.accuse(foreign), "BadSignature");
});

test("a text that is not exactly a checkpoint's counts for nothing, though the log signed it", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 30), undefined);
  const origin = logOrigin(-7239, bondAddress);
  const root = fork.root(30);
  const good = formatCheckpoint({ origin, size: 30, root });
  const texts = [
    `${good}extension\n`,
    `${good}\n`,
    good.slice(0, -1),
    good.replaceAll("\n", "\r\n"),
    `${origin}\n030\n${toBase64(root)}\n`,
    `${origin}\n+30\n${toBase64(root)}\n`,
    `${origin}\n30\n${toBase64(root).replaceAll("=", "")}\n`,
    `${origin} \n30\n${toBase64(root)}\n`,
    ` ${good}`,
    good.replace("cocoon/", "Cocoon/"),
    good.replace(origin, origin.replace("EQ", "UQ").replace("/kQ", "/0Q")),
  ];
  for (const text of texts) {
    if (text === good) continue;
    const signature = logKey.sign(utf8(text));
    const first: SignedHead = { kind: "checkpoint", size: 30, root, signature };
    assert.equal(await chain.accuse(accusation({ first })), "BadSignature", JSON.stringify(text));
  }
  const signature = logKey.sign(utf8(good));
  const first: SignedHead = { kind: "checkpoint", size: 30, root, signature };
  assert.equal(await chain.accuse(accusation({ first })), undefined);
});

test("a contract reads the sizes and roots that a log may sign, to the last digit", async () => {
  const chain = await createAccusedBond();
  const origin = logOrigin(-7239, bondAddress);
  const headOf = (size: number, root: Uint8Array): SignedHead => {
    const signature = logKey.sign(utf8(formatCheckpoint({ origin, size, root })));
    return { kind: "checkpoint", size, root, signature };
  };
  const start = chain.blockchain.snapshot();
  for (const size of [0, 1, 9, 10, 1_234_567_890, Number.MAX_SAFE_INTEGER]) {
    await chain.blockchain.loadFrom(start);
    const roots = [0, 1].map((shift) =>
      Uint8Array.from({ length: 32 }, (_, index) => (size + 37 * index + 89 * shift) % 256),
    );
    const [first, second] = roots.map((root) => headOf(size, root));
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(await chain.accuse(accusation({ first, second })), undefined, `${size}`);
  }
});

test("trees of different sizes slash by different leaves of one index, in either order", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 30), undefined);
  const start = chain.blockchain.snapshot();
  const cases: Contradiction[] = [20, 40].flatMap((size) => {
    const first = fork.checkpoint(size);
    const [mine, theirs] = [fork.proven(15, size), log.proven(15, 30)];
    const difference = { index: 15, first: mine, second: theirs };
    const swapped = { index: 15, first: theirs, second: mine };
    return [
      { first, difference },
      { first, second: log.checkpoint(30), difference },
      { first: log.anchor(30, 7), second: first, difference: swapped },
    ];
  });
  for (const contradiction of cases) {
    await chain.blockchain.loadFrom(start);
    assert.equal(await chain.accuse(accusation(contradiction)), undefined);
    const state = await chain.state();
    assert.equal(state.phase === "slashed" && state.slash.fault, "inconsistency");
  }
});

test("a difference is refused when leaf, index, proof or tree is not as said", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 30), undefined);
  const first = fork.checkpoint(20);
  const [mine, theirs] = [fork.proven(15, 20), log.proven(15, 30)];
  const wrong: [string, Contradiction["difference"]][] = [
    ["NoFault", { index: 5, first: fork.proven(5, 20), second: log.proven(5, 30) }],
    ["BadProof", { index: 15, first: log.proven(15, 20), second: mine }],
    ["BadProof", { index: 15, first: { ...mine, leaf: log.leaf(14) }, second: theirs }],
    ["BadProof", { index: 15, first: mine, second: { ...theirs, leaf: log.leaf(14) } }],
    ["BadProof", { index: 14, first: mine, second: theirs }],
    ["BadProof", { index: 20, first: mine, second: theirs }],
    ["BadProof", { index: 15, first: { ...mine, proof: mine.proof.slice(1) }, second: theirs }],
    ["BadProof", { index: 15, first: { ...mine, proof: [] }, second: theirs }],
    [
      "BadProof",
      { index: 15, first: { ...mine, proof: [...mine.proof, log.leaf(0)] }, second: theirs },
    ],
    ["BadProof", { index: 15, first: mine, second: log.proven(15, 31) }],
  ];
  for (const [refusal, difference] of wrong) {
    assert.ok(difference !== undefined);
    assert.equal(await chain.accuse(accusation({ first, difference })), refusal);
  }
});

test("another leaf than was promised slashes, in the newest anchor and in any head of the log", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 30), undefined);
  const start = chain.blockchain.snapshot();
  const promise = fork.promise(15, 0);
  for (const head of [undefined, log.checkpoint(30), log.anchor(30, 3)]) {
    await chain.blockchain.loadFrom(start);
    const shown = { ...log.proven(15, 30), ...(head && { head }) };
    const body = slashOmissionBody(bondAddress, { promise, shown });
    const before = await chain.balance(bondAddress);
    assert.equal(await chain.accuse(body), undefined);
    assert.equal(await chain.balance(bondAddress), before - bond);
    const state = await chain.state();
    assert.equal(state.phase === "slashed" && state.slash.fault, "omission");
  }
});

test("an omission is refused when the promise was kept, is forged, or the proof is of another index", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 30), undefined);
  const refused = async (refusal: string, promise: Uint8Array, index = 15): Promise<void> => {
    const shown = log.proven(index, 30);
    assert.equal(await chain.accuse(slashOmissionBody(bondAddress, { promise, shown })), refusal);
  };
  await refused("NoFault", log.promise(15, 0));
  await refused("BadProof", fork.promise(15, 0), 16);
  await refused("BadProof", fork.promise(35, 0), 15);
  await refused("BadSignature", logOf({ forkedAt: 3, key: testKey("forger") }).promise(15, 0));
  const altered = Uint8Array.from(fork.promise(15, 0));
  altered[40] = (altered[40] ?? 0) ^ 1;
  await refused("BadSignature", altered);
  // The log is named by its key, so another key's promise is not this log's whatever it says.
  const forged = Uint8Array.from(log.promise(15, 0));
  forged.set(
    signPromise(testKey("forger"), { leafHash: fork.leaf(15), index: 15, timestampMs: 0 }).subarray(
      84,
    ),
    84,
  );
  await refused("BadSignature", forged);
});

test("a promised leaf that no anchor covers slashes after the deadline and not before", async () => {
  const chain = await createAccusedBond();
  const promisedAtMs = 1000 * chain.now();
  const late = (index: number, timestampMs = promisedAtMs) =>
    slashOmissionBody(bondAddress, { promise: log.promise(index, timestampMs) });
  assert.equal(await chain.accuse(late(30)), "TooEarly");
  assert.equal(await chain.anchor(log, 30), undefined);
  chain.wait(anchorDeadlineSeconds);
  assert.equal(await chain.accuse(late(30)), "TooEarly");
  assert.equal(await chain.accuse(late(30, promisedAtMs - 1)), undefined);
  assert.equal(await chain.accuse(late(30)), "WrongPhase");
  const kept = await createAccusedBond();
  kept.wait(anchorDeadlineSeconds + 1);
  assert.equal(await kept.anchor(log, 31), undefined);
  assert.equal(await kept.accuse(late(30)), "NoFault");
  assert.equal(await kept.accuse(late(31)), undefined);
  const state = await kept.state();
  assert.equal(state.phase === "slashed" && state.slash.fault, "delay");
});

test("a bond that is asked for can still be lost until it is taken, and not after", async () => {
  const chain = await createAccusedBond();
  await chain.call(owner, requestUnbondBody());
  const start = chain.blockchain.snapshot();
  assert.equal(await chain.accuse(equivocation), undefined);
  const [, withdrawableAt] = await chain.get(bondAddress, proxyBondGetter);
  assert.deepEqual(withdrawableAt, { type: "int", value: 0n });
  await chain.blockchain.loadFrom(start);
  chain.wait(closeDelayMinSeconds + 1_000);
  const ripe = chain.blockchain.snapshot();
  assert.equal(await chain.accuse(equivocation), undefined);
  await chain.blockchain.loadFrom(ripe);
  assert.equal((await chain.call(owner, withdrawBondBody())).exitCode, 0);
  assert.equal(await chain.accuse(equivocation), "WrongPhase");
});

test("what a former log key signed counts for a close delay after it was replaced", async () => {
  const chain = await createAccusedBond();
  const newKey = testKey("new log");
  await chain.call(owner, updateTermsBody({ ...terms, logKey: newKey.publicKey }));
  const start = chain.blockchain.snapshot();
  const renewed = logOf({ key: newKey, forkedAt: 10 });
  const mixed = accusation({ first: log.checkpoint(30), second: renewed.checkpoint(30) });
  const broken = slashOmissionBody(bondAddress, {
    promise: fork.promise(15, 0),
    shown: { ...log.proven(15, 30), head: log.anchor(30, 1) },
  });
  const forger = logOf({ key: testKey("forger"), forkedAt: 10 });
  const forged = [
    accusation({ first: log.checkpoint(30), second: forger.checkpoint(30) }),
    accusation({ first: log.anchor(30, 1), second: forger.anchor(30, 1) }),
    slashOmissionBody(bondAddress, {
      promise: forger.promise(15, 0),
      shown: { ...log.proven(15, 30), head: log.anchor(30, 1) },
    }),
  ];
  for (const body of forged) assert.equal(await chain.accuse(body), "BadSignature");
  for (const body of [equivocation, mixed, broken]) {
    await chain.blockchain.loadFrom(start);
    assert.equal(await chain.accuse(body), undefined);
  }
  await chain.blockchain.loadFrom(start);
  chain.wait(closeDelayMinSeconds);
  for (const body of [equivocation, mixed, broken]) {
    assert.equal(await chain.accuse(body), "BadSignature");
  }
  const ofNew = accusation({
    first: renewed.checkpoint(30),
    second: logOf({ key: newKey }).checkpoint(30),
  });
  assert.equal(await chain.accuse(ofNew), undefined);
});

test("while no former key counts, a signature that fits the key 0 does not either", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.anchor(log, 30), undefined);
  // The point of order one and 0 fit a quarter of all messages under the key 0, which has order four.
  const signature = Uint8Array.from({ length: 64 }, (_, index) => (index === 0 ? 1 : 0));
  for (let seed = 0; seed < 24; seed += 1) {
    const root = new Uint8Array(32).fill(seed);
    const anchored: SignedHead = { kind: "anchor", size: 30, root, timestampSeconds: 1, signature };
    assert.equal(await chain.accuse(accusation({ first: anchored })), "BadSignature");
    const promise = log.promise(seed, 0);
    promise.set(signature, 84);
    promise.set(root, 36);
    const shown = log.proven(seed, 30);
    const body = slashOmissionBody(bondAddress, { promise, shown });
    assert.equal(await chain.accuse(body), "BadSignature");
  }
});

test("a proof that comes with too little value, or in another form, changes nothing", async () => {
  const chain = await createAccusedBond();
  const before = await chain.state();
  const poor = await chain.call(reporter, equivocation, 5_000_000n);
  assert.equal(exitCodeName(poor.exitCode ?? 0), "NotEnoughValue");
  const head = beginCell().storeUint(3, 8).storeUint(0, 832);
  const unknown = beginCell()
    .storeUint(0x42440007, 32)
    .storeUint(0, 64 + 16)
    .storeRef(head)
    .storeUint(0, 2);
  assert.equal(await chain.accuse(unknown.endCell()), "BadProof");
  const cut = beginCell().storeUint(0x42440008, 32).storeUint(0, 64).endCell();
  assert.equal(await chain.accuse(cut), "9");
  assert.deepEqual(await chain.state(), before);
});

test("a bond of nothing can be slashed too", async () => {
  const chain = await createAccusedBond();
  const params = { owner, salt: 9n };
  const to = proxyBondAddress(params);
  const body = registerBondBody(nanotons(0n), terms);
  await chain.send({ from: owner, to, value: ton, init: proxyBondInit(params), body });
  const [one, two] = [logOf({ bond: to }), logOf({ bond: to, forkedAt: 1 })];
  const proof = slashContradictionBody(to, { first: one.checkpoint(9), second: two.checkpoint(9) });
  const outcome = await chain.send({ from: reporter, to, value: ton, body: proof });
  assert.deepEqual([outcome.exitCode, outcome.actionCode], [0, 0]);
  assert.deepEqual(
    outcome.sent.map((message) => message.to),
    [reporter],
  );
});

test("parseAnchor() reads the head that an anchor's message brought, and no other message", async () => {
  const { root, timestampSeconds, signature } = log.anchor(30, 77);
  const anchored = anchorBody({ treeSize: 30, root, timestampSeconds, signature });
  assert.deepEqual(parseAnchor(anchored), log.anchor(30, 77));
  assert.equal(parseAnchor(equivocation), undefined);
  const longer = beginCell().storeSlice(anchored.beginParse()).storeBit(0).endCell();
  assert.equal(parseAnchor(longer), undefined);
  const chain = await createAccusedBond();
  const first = parseAnchor(anchored) ?? assert.fail();
  assert.equal(await chain.accuse(accusation({ first, second: fork.checkpoint(30) })), undefined);
});

test("parseProxyBond() and parseProxySlashed() refuse what the contract does not say", async () => {
  const chain = await createAccusedBond();
  assert.equal(await chain.accuse(equivocation), undefined);
  const stack = await chain.get(bondAddress, proxyBondGetter);
  const unknown = stack.with(stack.length - 3, { type: "int", value: 5n });
  assert.throws(() => parseProxyBond(unknown), { code: "contract_unexpected" });
  assert.throws(() => proxyFaultOf(5), RangeError);
  for (const body of [
    beginCell(),
    beginCell().storeUint(1, 32),
    beginCell().storeUint(0x42442002, 32),
    beginCell().storeUint(0x42442002, 32).storeUint(9, 8).storeCoins(1).storeAddress(null),
  ]) {
    assert.equal(parseProxySlashed(body.endCell()), undefined);
  }
});
