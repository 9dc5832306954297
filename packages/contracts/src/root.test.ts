import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, type Cell } from "@ton/core";
import { nanotons } from "@cocoon/protocol";
import { accountSize, createTestChain, type Outcome, testAddress, ton } from "../testing/chain.ts";
import {
  channelCode,
  exitCodeName,
  type ModelListing,
  type NetworkParams,
  parseRoot,
  parseRootChange,
  proxyBondCode,
  removeMeasurementBody,
  removeModelBody,
  rootAddress,
  rootAttachment,
  rootGetter,
  rootInit,
  rootOpcodes,
  setMeasurementBody,
  setModelBody,
  setParamsBody,
} from "./index.ts";

const governance = testAddress("governance");
const stranger = testAddress("stranger");
const identity = { governance, salt: 1n };
const address = rootAddress(identity);
const params: NetworkParams = {
  tcbEvaluationFloor: 17,
  channelCodeHash: channelCode.hash,
  proxyBondCodeHash: proxyBondCode.hash,
  bondMin: nanotons(50n * ton),
};
const listing: ModelListing = {
  name: "cocoon-3m-é",
  contextTokens: 4_096,
  promptPerMillionMax: nanotons(100_000_000n),
  completionPerMillionMax: nanotons(2n ** 64n - 1n),
};
const hash = (seed: number): string => seed.toString(16).padStart(64, "0");

async function createRootChain() {
  const chain = await createTestChain();
  const call = (from: string, body: Cell, value: bigint = rootAttachment) =>
    chain.send({ from, to: address, value, body, init: rootInit(identity) });
  const state = async () => parseRoot(await chain.get(address, rootGetter));
  return { ...chain, call, state };
}

function assertRefused(outcome: Outcome, name: string): void {
  assert.equal(exitCodeName(outcome.exitCode ?? 0), name);
  assert.ok(outcome.bounced !== undefined);
}

test("set params deploys the root, and nobody but governance can do anything", async () => {
  const chain = await createRootChain();
  assert.equal((await chain.call(governance, setParamsBody(params))).exitCode, 0);
  const empty = { models: new Map(), measurements: new Map() };
  const state = await chain.state();
  assert.deepEqual(state, { ...identity, revision: 1, params, ...empty });
  assert.equal(rootAddress(state), address);
  const bodies = [
    setParamsBody(params),
    setModelBody(hash(1), listing),
    removeModelBody(hash(1)),
    setMeasurementBody(hash(1), { teeType: 1, role: 2 }),
    removeMeasurementBody(hash(1)),
  ];
  for (const body of bodies) assertRefused(await chain.call(stranger, body), "NotGovernance");
  assert.equal((await chain.state()).revision, 1);
});

test("set and remove keep the lists, and each change is counted", async () => {
  const chain = await createRootChain();
  const cheaper = { ...listing, completionPerMillionMax: nanotons(1n) };
  const measurement = { teeType: 0x53494d31, role: 255 };
  const succeed = async (body: Cell): Promise<void> => {
    assert.equal((await chain.call(governance, body)).exitCode, 0);
  };
  await succeed(setModelBody(hash(1), listing));
  await succeed(setModelBody(hash(2), listing));
  await succeed(setModelBody(hash(2), cheaper));
  await succeed(setMeasurementBody(hash(3), { teeType: 0, role: 0 }));
  await succeed(setMeasurementBody(hash(3), measurement));
  await succeed(setMeasurementBody(hash(4), measurement));
  let state = await chain.state();
  const models = [
    [hash(1), listing],
    [hash(2), cheaper],
  ] as const;
  assert.deepEqual([...state.models], models);
  assert.deepEqual([...state.measurements.keys()], [hash(3), hash(4)]);
  assert.deepEqual(state.measurements.get(hash(3)), measurement);
  assert.equal(state.params.channelCodeHash, hash(0));
  await succeed(removeModelBody(hash(1)));
  await succeed(removeMeasurementBody(hash(4)));
  assertRefused(await chain.call(governance, removeModelBody(hash(1))), "NotListed");
  assertRefused(await chain.call(governance, removeMeasurementBody(hash(4))), "NotListed");
  state = await chain.state();
  assert.deepEqual([...state.models.keys()], [hash(2)]);
  assert.deepEqual([...state.measurements.keys()], [hash(3)]);
  assert.equal(state.revision, 8);
});

test("set model refuses a name that is empty, too long or not plain text in one cell", async () => {
  const chain = await createRootChain();
  const names = [
    beginCell(),
    beginCell().storeUint(0, 9),
    beginCell().storeBuffer(Buffer.alloc(65, 97)),
    beginCell().storeBuffer(Buffer.from("a")).storeRef(beginCell()),
  ];
  for (const name of names) {
    const body = beginCell()
      .storeUint(0x52540002, 32)
      .storeUint(0, 64)
      .storeUint(1, 256)
      .storeUint(1, 32)
      .storeUint(1, 64)
      .storeUint(1, 64)
      .storeRef(name);
    assertRefused(await chain.call(governance, body.endCell()), "BadText");
  }
  const longest = { ...listing, name: "n".repeat(64) };
  assert.equal((await chain.call(governance, setModelBody(hash(1), longest))).exitCode, 0);
  assert.throws(() => setModelBody(hash(1), { ...listing, name: "n".repeat(65) }), RangeError);
  assert.throws(() => setModelBody("12", listing), RangeError);
});

test("governance pays for storage: each entry leaves its reserve behind, the rest returns", async () => {
  const chain = await createRootChain();
  const short = await chain.call(governance, setParamsBody(params), 5_000_000n);
  assertRefused(short, "NotEnoughValue");
  await chain.call(governance, setParamsBody(params));
  const base = await chain.balance(address);
  const outcome = await chain.call(governance, setModelBody(hash(1), listing));
  const perModel = (await chain.balance(address)) - base;
  assert.ok(perModel > 500_000n && perModel < 2_000_000n, `${perModel}`);
  const [excess] = outcome.sent;
  const cost = outcome.fees + outcome.forwardFees;
  assert.deepEqual([excess?.to, excess?.value], [governance, rootAttachment - perModel - cost]);
  await chain.call(governance, removeModelBody(hash(1)));
  assert.equal(await chain.balance(address), base);
});

test("a root of fifty models and fifty measurements is no larger than its reserve foresees", async () => {
  const chain = await createRootChain();
  const longest = { ...listing, name: "n".repeat(64) };
  for (let seed = 1; seed <= 50; seed += 1) {
    const key = hash(seed * 7_919)
      .split("")
      .toReversed()
      .join("");
    const model = setModelBody(key, { ...longest, contextTokens: seed });
    assert.equal((await chain.call(governance, model)).exitCode, 0);
    const measurement = setMeasurementBody(key, { teeType: seed, role: 1 });
    assert.equal((await chain.call(governance, measurement)).exitCode, 0);
  }
  const { models, measurements, revision } = await chain.state();
  assert.deepEqual([models.size, measurements.size, revision], [50, 50, 100]);
  const size = await accountSize(chain, address);
  assert.ok(size.cells <= 15 + 50 * 3 + 50 * 2, `${size.cells} cells`);
  assert.ok(size.bits <= 7_000 + 50 * 1_200 + 50 * 400, `${size.bits} bits`);
});

test("the root refuses an unknown opcode, a bare transfer, and ignores what bounced", async () => {
  const chain = await createRootChain();
  await chain.call(governance, setParamsBody(params));
  assertRefused(await chain.call(governance, beginCell().endCell()), "UnknownOp");
  const unknown = beginCell().storeUint(0xdeadbeef, 32).endCell();
  assertRefused(await chain.call(governance, unknown), "UnknownOp");
  const bounced = await chain.send({
    from: governance,
    to: address,
    value: ton,
    body: beginCell().storeUint(0xffffffff, 32).storeUint(0x52540003, 32).endCell(),
    bounce: false,
    bounced: true,
  });
  assert.equal(bounced.exitCode, 0);
  assert.equal((await chain.state()).revision, 1);
});

test("parseRoot() throws contract_unexpected for any other stack", async () => {
  const chain = await createRootChain();
  await chain.call(governance, setModelBody(hash(1), listing));
  const stack = await chain.get(address, rootGetter);
  for (const index of stack.keys()) {
    const wrong = stack.with(index, { type: "null" });
    assert.throws(() => parseRoot(wrong), { code: "contract_unexpected" });
  }
  const junk = beginCell().storeUint(3, 2).storeRef(beginCell()).storeRef(beginCell()).endCell();
  const lists = stack.length - 1;
  assert.throws(() => parseRoot(stack.with(lists, { type: "cell", cell: junk })), {
    code: "contract_unexpected",
  });
});

test("parseRootChange() reads back each change, and nothing in other bodies", () => {
  const measurement = { teeType: 0xc0c00081, role: 1 };
  assert.deepEqual(parseRootChange(setParamsBody(params, 5n)), { kind: "params", params });
  assert.deepEqual(parseRootChange(setModelBody(hash(1), listing, 5n)), {
    kind: "model",
    manifestHash: hash(1),
    listing,
  });
  assert.deepEqual(parseRootChange(removeModelBody(hash(1))), {
    kind: "model",
    manifestHash: hash(1),
    listing: undefined,
  });
  assert.deepEqual(parseRootChange(setMeasurementBody(hash(2), measurement)), {
    kind: "measurement",
    imageHash: hash(2),
    measurement,
  });
  assert.deepEqual(parseRootChange(removeMeasurementBody(hash(2))), {
    kind: "measurement",
    imageHash: hash(2),
    measurement: undefined,
  });
  const others = [
    beginCell().endCell(),
    beginCell().storeUint(1, 32).storeUint(0, 64).endCell(),
    beginCell().storeUint(rootOpcodes.setModel, 32).storeUint(0, 64).endCell(),
    beginCell().storeUint(rootOpcodes.removeModel, 32).storeUint(0, 32).endCell(),
  ];
  for (const body of others) assert.equal(parseRootChange(body), undefined);
});
