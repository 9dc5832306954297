import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell } from "@ton/core";
import { nanotons } from "@cocoon/protocol";
import { accountSize, createTestChain, startSeconds, testAddress, ton } from "../testing/chain.ts";
import {
  assertDone,
  assertRefused,
  carrier,
  createRootChain,
  deploy,
  genesis,
  governanceBy,
  governors,
  hash,
  keysOf,
  listing,
  measurement,
  params,
  rawCell,
  rootOn,
} from "../testing/root-chain.ts";
import {
  deployRootBody,
  encodeRootGenesis,
  parseRootEvent,
  parseRootGenesis,
  rootAddress,
  type RootChange,
  rootInit,
  type RootRules,
  type Revocation,
} from "./index.ts";

const cheaper = { ...listing, completionPerMillionMax: nanotons(1n) };
const auditors = { keys: governanceBy(keysOf("auditor", 3), 2).keys, threshold: 2 };

test("deploy begins the root as its address says, once, whoever pays", async () => {
  const chain = await createTestChain();
  const outcome = await deploy(chain, genesis);
  assertDone(outcome);
  assert.deepEqual(outcome.events.map(parseRootEvent), [{ kind: "deployed" }]);
  const root = rootOn(chain);
  const state = await root.state();
  const { salt, ...rules } = genesis;
  assert.equal(salt, 1n);
  const fresh = { revision: 0, sequence: 0, bans: new Map(), pending: [] };
  assert.deepEqual(state, { genesis, ...rules, ...fresh });
  assert.equal(rootAddress(state.genesis), root.address);
  assertRefused(await root.call(deployRootBody()), "WrongPhase");
  assert.deepEqual(await root.state(), state);
});

test("the address commits to everything that a root begins with", () => {
  const others: readonly Partial<typeof genesis>[] = [
    { salt: 2n },
    { governance: governanceBy(governors, 3) },
    { governance: governanceBy(governors, 2, 1) },
    { governance: governanceBy(governors.slice(1), 2) },
    { auditors },
    { params: { ...params, tcbEvaluationFloor: 18 } },
    { params: { ...params, workerBondCodeHash: hash(7) } },
    { models: new Map([[hash(1), cheaper]]) },
    { measurements: new Map() },
  ];
  const addresses = others.map((fields) => rootAddress({ ...genesis, ...fields }));
  assert.equal(new Set([rootAddress(genesis), ...addresses]).size, others.length + 1);
  const keys = genesis.governance.keys.toReversed();
  const reordered = { ...genesis, governance: { ...genesis.governance, keys } };
  assert.equal(rootAddress(reordered), rootAddress(genesis));
});

test("encodeRootGenesis() is read back by parseRootGenesis(), which takes nothing else", () => {
  const text = encodeRootGenesis({ ...genesis, auditors });
  assert.deepEqual(parseRootGenesis(text), { ...genesis, auditors });
  for (const junk of [
    "",
    "junk",
    text.slice(0, -8),
    beginCell().endCell().toBoc().toString("base64"),
  ]) {
    assert.equal(parseRootGenesis(junk), undefined);
  }
});

test("nothing can be done with a root before it is deployed", async () => {
  const chain = await createTestChain();
  const root = rootOn(chain);
  const { code, data } = rootInit(genesis);
  for (const op of [0x52540002, 0x52540003, 0x52540004, 0x52540005]) {
    const body = rawCell([op, 32], [0, 64], [0, 64], [0, 64], [0, 1], [0, 64]);
    const withChange = beginCell().storeSlice(body.beginParse()).storeRef(beginCell()).endCell();
    const message = { from: carrier, to: root.address, value: ton, init: { code, data } };
    assertRefused(await chain.send({ ...message, body: withChange }), "WrongPhase");
  }
});

/** Each change, and what the rules are after it. */
const changes: readonly (readonly [RootChange, Partial<RootRules>])[] = [
  [
    { kind: "setModel", manifestHash: hash(1), listing: cheaper },
    { models: new Map([[hash(1), cheaper]]) },
  ],
  [
    { kind: "setModel", manifestHash: hash(9), listing },
    {
      models: new Map([
        [hash(1), cheaper],
        [hash(9), listing],
      ]),
    },
  ],
  [{ kind: "removeModel", manifestHash: hash(1) }, { models: new Map([[hash(9), listing]]) }],
  [
    { kind: "setMeasurement", imageHash: hash(3), measurement },
    {
      measurements: new Map([
        [hash(2), measurement],
        [hash(3), measurement],
      ]),
    },
  ],
  [
    { kind: "setMeasurement", imageHash: hash(3), measurement: { ...measurement, role: 1 } },
    {
      measurements: new Map([
        [hash(2), measurement],
        [hash(3), { ...measurement, role: 1 }],
      ]),
    },
  ],
  [
    { kind: "removeMeasurement", imageHash: hash(3) },
    { measurements: new Map([[hash(2), measurement]]) },
  ],
  [
    { kind: "setParams", params: { ...params, tcbEvaluationFloor: 3 } },
    { params: { ...params, tcbEvaluationFloor: 3 } },
  ],
  [{ kind: "setAuditors", auditors }, { auditors }],
  [
    { kind: "setGovernance", governance: governanceBy(governors, 1, 5) },
    { governance: governanceBy(governors, 1, 5) },
  ],
];

test("each change does what it says after the delay, is counted, and is told", async () => {
  const root = await createRootChain();
  for (const [index, [change, after]] of changes.entries()) {
    const before = await root.state();
    const proposed = await root.propose(change);
    assertDone(proposed);
    const id = before.sequence;
    const executeAtSeconds = root.now() + before.governance.delaySeconds;
    const pending = { id, executeAtSeconds, change };
    assert.deepEqual(await root.state(), { ...before, sequence: id + 1, pending: [pending] });
    assert.deepEqual(proposed.events.map(parseRootEvent), [{ kind: "proposed", ...pending }]);
    root.wait(before.governance.delaySeconds);
    const executed = await root.execute(id);
    assertDone(executed);
    const revision = index + 1;
    const state = { ...before, ...after, sequence: id + 1, revision };
    assert.deepEqual(await root.state(), state);
    assert.deepEqual(executed.events.map(parseRootEvent), [{ kind: "made", revision, change }]);
  }
});

test("a revocation takes effect at once, is counted, and is told", async () => {
  const root = await createRootChain();
  const revocations: readonly (readonly [Revocation, object])[] = [
    [{ kind: "removeModel", manifestHash: hash(1) }, { models: new Map() }],
    [{ kind: "removeMeasurement", imageHash: hash(2) }, { measurements: new Map() }],
    [
      { kind: "raiseFloor", tcbEvaluationFloor: 18 },
      { params: { ...params, tcbEvaluationFloor: 18 } },
    ],
    [
      { kind: "banPlatform", platformId: "ab".repeat(64) },
      { bans: new Map([["ab".repeat(64), startSeconds]]) },
    ],
  ];
  for (const [index, [revocation, after]] of revocations.entries()) {
    const before = await root.state();
    const outcome = await root.revoke(revocation);
    assertDone(outcome);
    const revision = index + 1;
    assert.deepEqual(await root.state(), { ...before, ...after, sequence: revision, revision });
    const event = { kind: "made", revision, change: revocation };
    assert.deepEqual(outcome.events.map(parseRootEvent), [event]);
  }
});

test("a ban is lifted after the delay alone", async () => {
  const root = await createRootChain();
  assertDone(await root.revoke({ kind: "banPlatform", platformId: "01" }));
  assertDone(await root.revoke({ kind: "banPlatform", platformId: "02" }));
  await root.enact({ kind: "liftBan", platformId: "01" });
  assert.deepEqual([...(await root.state()).bans.keys()], ["02"]);
});

test("what is not listed cannot be removed, neither now nor later", async () => {
  const root = await createRootChain();
  const removals = [
    { kind: "removeModel", manifestHash: hash(5) },
    { kind: "removeMeasurement", imageHash: hash(5) },
  ] as const;
  for (const removal of removals) assertRefused(await root.revoke(removal), "NotListed");
  for (const change of [...removals, { kind: "liftBan", platformId: "05" } as const]) {
    const { sequence } = await root.state();
    assertDone(await root.propose(change));
    root.wait(genesis.governance.delaySeconds);
    assertRefused(await root.execute(sequence), "NotListed");
    assertDone(await root.cancel(sequence));
  }
  assert.equal((await root.state()).revision, 0);
});

test("a revocation cannot loosen anything", async () => {
  const root = await createRootChain();
  assertDone(await root.revoke({ kind: "banPlatform", platformId: "01" }));
  const before = await root.state();
  for (const floor of [0, 16, 17]) {
    const revocation = { kind: "raiseFloor", tcbEvaluationFloor: floor } as const;
    assertRefused(await root.revoke(revocation), "NotTighter");
  }
  assertRefused(await root.revoke({ kind: "banPlatform", platformId: "01" }), "NotTighter");
  const loosening: readonly RootChange[] = [
    { kind: "setModel", manifestHash: hash(9), listing },
    { kind: "setMeasurement", imageHash: hash(9), measurement },
    { kind: "setParams", params },
    { kind: "setAuditors", auditors },
    { kind: "setGovernance", governance: governanceBy(governors, 1) },
    { kind: "liftBan", platformId: "01" },
  ];
  for (const change of loosening) {
    // oxlint-disable-next-line no-unsafe-type-assertion -- what the types forbid is what is tried
    assertRefused(await root.revoke(change as unknown as Revocation), "BadChange");
  }
  assert.deepEqual(await root.state(), before);
});

test("a revocation cannot be proposed", async () => {
  const root = await createRootChain();
  for (const revocation of [
    { kind: "banPlatform", platformId: "01" },
    { kind: "raiseFloor", tcbEvaluationFloor: 18 },
  ] as const) {
    // oxlint-disable-next-line no-unsafe-type-assertion -- what the types forbid is what is tried
    assertRefused(await root.propose(revocation as unknown as RootChange), "BadChange");
  }
});

test("a revocation ends what is pending about the same, and nothing else", async () => {
  const root = await createRootChain();
  assertDone(await root.revoke({ kind: "banPlatform", platformId: "01" }));
  const kept: RootChange = { kind: "setModel", manifestHash: hash(9), listing };
  const same = { ...measurement, role: 1 };
  const dropped: readonly (readonly [RootChange, Revocation])[] = [
    [
      { kind: "setModel", manifestHash: hash(1), listing },
      { kind: "removeModel", manifestHash: hash(1) },
    ],
    [
      { kind: "setMeasurement", imageHash: hash(2), measurement: same },
      { kind: "removeMeasurement", imageHash: hash(2) },
    ],
    [
      { kind: "setParams", params },
      { kind: "raiseFloor", tcbEvaluationFloor: 99 },
    ],
    [
      { kind: "liftBan", platformId: "02" },
      { kind: "banPlatform", platformId: "02" },
    ],
  ];
  assertDone(await root.propose(kept));
  for (const [change] of dropped) assertDone(await root.propose(change));
  for (const [change] of dropped) assertDone(await root.propose(change));
  for (const [index, [, revocation]] of dropped.entries()) {
    assertDone(await root.revoke(revocation));
    assert.equal((await root.state()).pending.length, 7 - 2 * index);
  }
  const { pending } = await root.state();
  assert.deepEqual(
    pending.map(({ change }) => change),
    [kept],
  );
  await root.enact({ kind: "liftBan", platformId: "01" });
  assertDone(await root.propose({ kind: "removeModel", manifestHash: hash(9) }));
  assertDone(await root.execute(pending[0]?.id ?? 0));
  assertDone(await root.revoke({ kind: "removeModel", manifestHash: hash(9) }));
  assert.deepEqual((await root.state()).pending, []);
  await root.enact({ kind: "setMeasurement", imageHash: hash(9), measurement });
  assertDone(await root.propose({ kind: "removeMeasurement", imageHash: hash(9) }));
  assertDone(await root.revoke({ kind: "removeMeasurement", imageHash: hash(9) }));
  assert.deepEqual((await root.state()).pending, []);
});

test("a root of full lists is no larger than its reserve foresees", async () => {
  const longest = { ...listing, name: "n".repeat(64) };
  const key = (seed: number): string =>
    hash(seed * 7_919)
      .split("")
      .toReversed()
      .join("");
  const seeds = Array.from({ length: 50 }, (_, seed) => seed + 1);
  const root = await createRootChain({ overrides: { models: new Map(), measurements: new Map() } });
  const base = await accountSize(root, root.address);
  const overrides = {
    models: new Map(seeds.map((seed) => [key(seed), { ...longest, contextTokens: seed }])),
    measurements: new Map(seeds.map((seed) => [key(seed), { ...measurement, teeType: seed }])),
  };
  const full = await createRootChain({ overrides });
  for (let seed = 1; seed <= 20; seed += 1) {
    assertDone(await full.revoke({ kind: "banPlatform", platformId: `${hash(seed)}${hash(1)}` }));
  }
  for (let seed = 1; seed <= 16; seed += 1) {
    const governance = governanceBy(keysOf(`ten-${seed}`, 10), 10);
    assertDone(await full.propose({ kind: "setGovernance", governance }));
  }
  const { models, measurements, bans, pending } = await full.state();
  assert.deepEqual([models.size, measurements.size, bans.size, pending.length], [50, 50, 20, 16]);
  const size = await accountSize(full, full.address);
  const cells = base.cells + 100 * 3 + 100 * 2 + 20 * 3 + 16 * 14;
  const bits = base.bits + 100 * 1_200 + 100 * 450 + 20 * 1_000 + 16 * 3_600;
  assert.ok(size.cells <= cells, `${size.cells} cells`);
  assert.ok(size.bits <= bits, `${size.bits} bits`);
});

test("the root refuses an unknown opcode, a bare transfer, and ignores what bounced", async () => {
  const root = await createRootChain();
  const before = await root.state();
  assertRefused(await root.call(beginCell().endCell()), "UnknownOp");
  assertRefused(await root.call(rawCell([0xdeadbeef, 32])), "UnknownOp");
  const bounced = await root.send({
    from: testAddress("governor"),
    to: root.address,
    value: ton,
    body: rawCell([0xffffffff, 32], [0x52540003, 32]),
    bounce: false,
    bounced: true,
  });
  assert.equal(bounced.exitCode, 0);
  assert.deepEqual(await root.state(), before);
});
