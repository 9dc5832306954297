// Who may decide, and when it counts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cellDigest } from "@cocoon/protocol";
import { testKey } from "../testing/chain.ts";
import {
  assertDone,
  assertRefused,
  createRootChain,
  delaySeconds,
  genesis,
  governanceBy,
  governors,
  hash,
  keysOf,
  listing,
  params,
} from "../testing/root-chain.ts";
import {
  changeCell,
  parseRootEvent,
  type Resolution,
  rootAddress,
  type RootChange,
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
