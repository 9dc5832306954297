// Who may decide, and when it counts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, type Builder, type Cell } from "@ton/core";
import { cellDigest, fromHex } from "@cocoon/protocol";
import { createTestChain, testAddress, testKey } from "../testing/chain.ts";
import { testNetworkId } from "../testing/prices.ts";
import {
  assertDone,
  assertRefused,
  createRootChain,
  delaySeconds,
  deploy,
  genesis,
  governanceBy,
  governors,
  hash,
  keysOf,
  listing,
  params,
  rawCell,
  type RootChain,
  rootOn,
} from "../testing/root-chain.ts";
import {
  changeCell,
  exitCodeName,
  initAddress,
  parseRootEvent,
  type Resolution,
  rootAddress,
  type RootChange,
  rootInit,
  type SignedStatement,
  type Statement,
  statementBody,
  statementDigest,
} from "./index.ts";

const change: RootChange = { kind: "setModel", manifestHash: hash(9), listing };
const proposal: Resolution = { action: "propose", change };

/** Each statement that governance can make about a root with one pending change. */
function resolutions(id: number): readonly Resolution[] {
  const revocation = { kind: "raiseFloor", tcbEvaluationFloor: 99 } as const;
  return [proposal, { action: "cancel", id }, { action: "revoke", revocation }];
}

/** A root with one pending change, and a check that a message is refused and changes nothing. */
async function createPendingChain() {
  const root = await createRootChain();
  assertDone(await root.propose({ kind: "setParams", params }));
  const before = await root.state();
  const refuse = async (statement: SignedStatement, name: string): Promise<void> => {
    assertRefused(await root.call(statementBody(statement)), name);
    assert.deepEqual(await root.state(), before);
  };
  return { root, refuse };
}

test("statementDigest() is the plain hash of 90 bytes, without TON code", () => {
  const root = rootAddress(genesis);
  const statement = { networkId: -239, root, sequence: 7, validUntilSeconds: 9 };
  const bytes = Buffer.alloc(90);
  bytes.writeUInt32BE(0x474f5631, 0);
  bytes.writeInt32BE(-239, 4);
  bytes.write(root.slice(2), 9, "hex");
  bytes.writeUInt8(1, 41);
  bytes.writeBigUInt64BE(7n, 42);
  bytes.writeBigUInt64BE(9n, 50);
  bytes.set(changeCell(change).hash(), 58);
  const digest = statementDigest({ ...statement, resolution: proposal });
  assert.deepEqual(digest, cellDigest(bytes));
  bytes.writeUInt8(2, 41);
  bytes.fill(0, 58);
  bytes.writeUInt8(3, 89);
  const cancelled = statementDigest({ ...statement, resolution: { action: "cancel", id: 3 } });
  assert.deepEqual(cancelled, cellDigest(bytes));
});

test("any two of three keys decide, and all three do", async () => {
  const [one, two, three] = governors;
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  const root = await createRootChain();
  for (const signers of [
    [one, two],
    [one, three],
    [three, two],
    [one, two, three],
  ]) {
    assertDone(await root.propose(change, { signers }));
  }
});

test("fewer signatures than the threshold decide nothing", async () => {
  const { root, refuse } = await createPendingChain();
  for (const resolution of resolutions(0)) {
    for (const signers of [[], ...governors.map((key) => [key])]) {
      await refuse(await root.sign(resolution, { signers }), "TooFewSignatures");
    }
  }
});

test("one key's signature counts once, however it is given", async () => {
  const { root, refuse } = await createPendingChain();
  const { signatures, ...statement } = await root.sign(proposal);
  const [first, second] = signatures;
  assert.ok(first !== undefined && second !== undefined);
  await refuse({ ...statement, signatures: [first, first] }, "BadSignature");
  await refuse({ ...statement, signatures: [second, first] }, "BadSignature");
  const moved = { ...first, index: second.index };
  await refuse({ ...statement, signatures: [first, moved] }, "BadSignature");
  await refuse({ ...statement, signatures: [first, second, second] }, "BadSignature");
  await refuse(
    { ...statement, signatures: [first, second, { ...second, index: 3 }] },
    "BadSignature",
  );
});

test("a key that is not governance's decides nothing, nor beside those that are", async () => {
  const { root, refuse } = await createPendingChain();
  for (const resolution of resolutions(0)) {
    const { signatures, ...statement } = await root.sign(resolution);
    const foreign = testKey("stranger").sign(statementDigest(statement));
    for (const index of [0, 1, 2]) {
      const others = signatures.filter((entry) => entry.index !== index);
      const forged = [...others, { index, signature: foreign }];
      const ordered = forged.toSorted((left, right) => left.index - right.index);
      await refuse({ ...statement, signatures: ordered }, "BadSignature");
    }
  }
});

test("a signature is good for one network, one root, one action, one subject, one time, one number", async () => {
  const { root, refuse } = await createPendingChain();
  const sibling = rootAddress({ ...genesis, salt: 2n });
  for (const resolution of resolutions(0)) {
    const good = await root.sign(resolution);
    const others: readonly Partial<Statement>[] = [
      { networkId: -239 },
      { root: sibling },
      { sequence: good.sequence + 1 },
      { validUntilSeconds: good.validUntilSeconds + 1 },
      ...resolutions(1)
        .filter(({ action }) => action !== resolution.action)
        .map((other) => ({ resolution: other })),
      { resolution: { action: "propose", change: { kind: "setParams", params } } },
    ];
    for (const fields of others) {
      const { resolution: other = resolution, ...rest } = fields;
      const { signatures } = await root.sign(other, rest);
      await refuse({ ...good, signatures }, "BadSignature");
    }
  }
});

test("a statement counts once", async () => {
  const { root } = await createPendingChain();
  for (const resolution of resolutions(0)) {
    const statement = await root.sign(resolution);
    assertDone(await root.call(statementBody(statement)));
    const after = await root.state();
    assertRefused(await root.call(statementBody(statement)), "StaleStatement");
    assert.deepEqual(await root.state(), after);
  }
});

test("a statement counts in its turn alone: an accepted one voids all others of its number", async () => {
  const { root, refuse } = await createPendingChain();
  const { sequence } = await root.state();
  await refuse(await root.sign(proposal, { sequence: sequence - 1 }), "StaleStatement");
  await refuse(await root.sign(proposal, { sequence: sequence + 1 }), "StaleStatement");
  const sibling = await root.sign({ action: "cancel", id: 0 });
  assertDone(await root.propose(change));
  assertRefused(await root.call(statementBody(sibling)), "StaleStatement");
});

test("a statement counts until its time and not after", async () => {
  const { root, refuse } = await createPendingChain();
  for (const resolution of resolutions(0)) {
    await refuse(
      await root.sign(resolution, { validUntilSeconds: root.now() - 1 }),
      "ExpiredStatement",
    );
  }
  const last = await root.sign(proposal, { validUntilSeconds: root.now() });
  assertDone(await root.call(statementBody(last)));
});

test("nothing is executed before its delay, twice, or after it was cancelled", async () => {
  const root = await createRootChain();
  assertDone(await root.propose(change));
  assertDone(await root.propose({ kind: "setParams", params }));
  assertRefused(await root.execute(0), "TooEarly");
  root.wait(delaySeconds - 1);
  assertRefused(await root.execute(0), "TooEarly");
  root.wait(1);
  assertDone(await root.execute(0));
  assertRefused(await root.execute(0), "NotPending");
  assertRefused(await root.cancel(0), "NotPending");
  const cancelled = await root.cancel(1);
  assertDone(cancelled);
  assert.deepEqual(cancelled.events.map(parseRootEvent), [{ kind: "cancelled", id: 1 }]);
  assertRefused(await root.execute(1), "NotPending");
  assertRefused(await root.cancel(1), "NotPending");
  assertRefused(await root.execute(77), "NotPending");
  const { revision, pending } = await root.state();
  assert.deepEqual([revision, pending], [1, []]);
});

test("changes wait side by side, and each is executed by itself", async () => {
  const root = await createRootChain();
  assertDone(await root.propose(change));
  root.wait(100);
  assertDone(await root.propose({ kind: "removeModel", manifestHash: hash(1) }));
  root.wait(delaySeconds - 100);
  assertRefused(await root.execute(1), "TooEarly");
  root.wait(100);
  assertDone(await root.execute(1));
  assertDone(await root.execute(0));
  assert.deepEqual([...(await root.state()).models.keys()], [hash(9)]);
});

test("the delay may be as long as ninety days", async () => {
  const root = await createRootChain();
  assertDone(
    await root.propose({
      kind: "setGovernance",
      governance: governanceBy(governors, 2, 7_776_000),
    }),
  );
});

test("without a delay a change is executed in the second in which it was proposed", async () => {
  const overrides = { governance: governanceBy(governors, 2, 0) };
  const root = await createRootChain({ overrides });
  assertDone(await root.propose(change));
  assertDone(await root.execute(0));
});

test("at most sixteen changes are pending", async () => {
  const root = await createRootChain();
  for (let count = 0; count < 16; count += 1) assertDone(await root.propose(change));
  assertRefused(await root.propose(change), "ListFull");
  assertDone(await root.cancel(7));
  assertDone(await root.propose(change));
  assertRefused(await root.propose(change), "ListFull");
});

test("new keys end the old ones' statements and whatever else they proposed", async () => {
  const root = await createRootChain();
  const heirs = keysOf("heir", 3);
  assertDone(await root.propose(change));
  assertDone(await root.propose({ kind: "setGovernance", governance: governanceBy(heirs, 3, 60) }));
  assertDone(await root.propose({ kind: "setParams", params }));
  root.wait(delaySeconds);
  const prepared = await root.sign(proposal);
  assertDone(await root.execute(1));
  assert.deepEqual((await root.state()).pending, []);
  for (const id of [0, 2]) assertRefused(await root.execute(id), "NotPending");
  assertRefused(await root.call(statementBody(prepared)), "BadSignature");
  const signers = heirs;
  assertRefused(await root.propose(change, { signers: heirs.slice(0, 2) }), "TooFewSignatures");
  const { sequence } = await root.state();
  assertDone(await root.propose(change, { signers }));
  root.wait(59);
  assertRefused(await root.execute(sequence), "TooEarly");
  root.wait(1);
  assertDone(await root.execute(sequence));
});

test("ten keys can decide together", async () => {
  const ten = keysOf("ten", 10);
  const overrides = { governance: governanceBy(ten, 10) };
  const root = await createRootChain({ overrides, signers: ten });
  assertDone(await root.propose(change));
  const nine = ten.slice(1);
  assertRefused(await root.propose(change, { signers: nine }), "TooFewSignatures");
});

/** A cell of a key set, written by hand. */
function keySet(threshold: number, keys: readonly bigint[]): (builder: Builder) => void {
  let chain: Cell | null = null;
  for (const key of keys.toReversed()) {
    chain = beginCell().storeUint(key, 256).storeMaybeRef(chain).endCell();
  }
  return (builder) => {
    builder.storeUint(threshold, 8).storeMaybeRef(chain);
  };
}

const identityKey = 1n << 248n;
const badSets: readonly (readonly [string, number, readonly bigint[]])[] = [
  ["BadKeys", 0, [5n]],
  ["BadKeys", 2, [5n]],
  ["BadKeys", 1, [5n, 5n]],
  ["BadKeys", 1, [6n, 5n]],
  ["BadKeys", 1, Array.from({ length: 11 }, (_, index) => BigInt(index + 2))],
  ["WeakKey", 1, [0n]],
  ["WeakKey", 1, [5n, identityKey]],
];

test("key sets that nobody should want cannot even be proposed", async () => {
  const { root } = await createPendingChain();
  for (const [name, threshold, keys] of badSets) {
    const auditors = beginCell().store(keySet(threshold, keys));
    const governance = beginCell().storeUint(60, 32).store(keySet(threshold, keys));
    await refuseCell(root, beginCell().storeUint(6, 8).storeRef(auditors).endCell(), name);
    await refuseCell(root, beginCell().storeUint(7, 8).storeRef(governance).endCell(), name);
  }
  const nobody = beginCell().storeUint(60, 32).store(keySet(0, []));
  await refuseCell(root, beginCell().storeUint(7, 8).storeRef(nobody).endCell(), "BadKeys");
  const never = beginCell()
    .storeUint(7_776_001, 32)
    .store(keySet(1, [5n]));
  await refuseCell(root, beginCell().storeUint(7, 8).storeRef(never).endCell(), "BadDelay");
});

/** Proposes a cell that governance signed although no wrapper would make it. */
async function refuseCell(root: RootChain, cell: Cell, expected: string | number): Promise<void> {
  const before = await root.state();
  const bytes = Buffer.alloc(90);
  const { sequence } = before;
  bytes.writeUInt32BE(0x474f5631, 0);
  bytes.writeInt32BE(testNetworkId, 4);
  bytes.set(fromHex(root.address.slice(2)) ?? [], 9);
  bytes.writeUInt8(1, 41);
  bytes.writeBigUInt64BE(BigInt(sequence), 42);
  bytes.writeBigUInt64BE(BigInt(root.now()), 50);
  bytes.set(cell.hash(), 58);
  const digest = cellDigest(bytes);
  let chain: Cell | null = null;
  for (const index of [1, 0]) {
    const signature = Buffer.from(governors[index]?.sign(digest) ?? []);
    chain = beginCell().storeUint(index, 8).storeBuffer(signature).storeMaybeRef(chain).endCell();
  }
  const body = beginCell()
    .storeUint(0x52540002, 32)
    .storeUint(0, 64)
    .storeUint(sequence, 64)
    .storeUint(root.now(), 64)
    .storeMaybeRef(chain)
    .storeRef(cell);
  const { exitCode = 0 } = await root.call(body.endCell());
  assert.equal(typeof expected === "string" ? exitCodeName(exitCode) : exitCode, expected);
  assert.deepEqual(await root.state(), before);
}

test("cells that are no change, or not only that, cannot be proposed", async () => {
  const { root } = await createPendingChain();
  await refuseCell(root, rawCell([0x33, 8]), "BadChange");
  await refuseCell(root, beginCell().endCell(), "BadChange");
  await refuseCell(root, rawCell([0x02, 8], [1, 255]), 9);
  await refuseCell(root, rawCell([0x02, 8], [1, 256], [0, 1]), 9);
  await refuseCell(root, rawCell([0x05, 8]), 9);
  const listed = beginCell()
    .storeUint(1, 8)
    .storeUint(1, 256)
    .storeUint(0, 32 + 128);
  const names = [
    beginCell(),
    beginCell().storeUint(0, 9),
    beginCell().storeBuffer(Buffer.alloc(65, 97)),
    beginCell().storeUint(97, 8).storeRef(beginCell()),
  ];
  for (const name of names) {
    const cell = beginCell().storeBuilder(listed).storeRef(name).endCell();
    await refuseCell(root, cell, "BadText");
    await refuseCell(root, beginCell().storeUint(8, 8).storeRef(name).endCell(), "BadText");
  }
});

test("a genesis with malformed params, or keys that nobody should want, cannot be deployed", async () => {
  const chain = await createTestChain();
  const { code, data } = rootInit(genesis);
  const [own] = data.refs;
  assert.ok(own !== undefined);
  const [paramsRef, governance, auditors, lists] = own.refs;
  assert.ok(paramsRef && governance && auditors && lists);
  const tries = badSets.flatMap(([name, threshold, keys]) => {
    const set = beginCell().store(keySet(threshold, keys)).endCell();
    const board = beginCell().storeUint(60, 32).store(keySet(threshold, keys)).endCell();
    return [
      [name, [paramsRef, governance, set, lists]],
      [name, [paramsRef, board, auditors, lists]],
    ] as const;
  });
  const short = beginCell().storeUint(1, 32).storeCoins(1).storeCoins(1);
  const codeless = short.endCell();
  const halfCoded = beginCell()
    .storeBuilder(short)
    .storeRef(beginCell().storeUint(1, 256))
    .endCell();
  const malformed = [codeless, halfCoded].map((cell) => {
    return [undefined, [cell, governance, auditors, lists]] as const;
  });
  for (const [name, refs] of [...tries, ...malformed]) {
    const first = beginCell().storeBits(own.bits);
    for (const ref of refs) first.storeRef(ref);
    const init = { code, data: beginCell().storeRef(first).storeMaybeRef(null).endCell() };
    const outcome = await chain.send({
      from: testAddress("carrier"),
      to: initAddress(init),
      value: 1_000_000_000n,
      init,
      body: rawCell([0x52540001, 32], [0, 64]),
    });
    assert.notEqual(outcome.exitCode, 0);
    assert.equal(exitCodeName(outcome.exitCode ?? 0), name);
  }
  assertDone(await deploy(chain, genesis));
  assert.equal((await rootOn(chain).state()).revision, 0);
});
