import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell } from "@ton/core";
import {
  createRootChain,
  genesis,
  governanceBy,
  governors,
  hash,
  keysOf,
  listing,
  params,
  rawCell,
} from "../testing/root-chain.ts";
import {
  changeCell,
  parseRoot,
  parseRootEvent,
  parseRootGenesis,
  type RootChange,
  rootGetter,
  rootInit,
} from "./index.ts";

test("parseRoot() throws contract_unexpected for any other stack", async () => {
  const root = await createRootChain();
  const stack = await root.get(root.address, rootGetter);
  const unexpected = { code: "contract_unexpected" };
  for (const index of stack.keys()) {
    assert.throws(() => parseRoot(stack.with(index, { type: "null" })), unexpected);
    const cell = changeCell({ kind: "setParams", params });
    assert.throws(() => parseRoot(stack.with(index, { type: "cell", cell })), unexpected);
  }
  assert.throws(() => parseRoot(stack.toReversed()), unexpected);
  assert.throws(() => parseRoot([...stack, ...stack]), unexpected);
});

test("a genesis that counts its entries wrongly is not believed", async () => {
  const { data } = rootInit(genesis);
  const slice = data.refs[0]?.beginParse();
  assert.ok(slice !== undefined);
  const miscounted = beginCell()
    .storeUint(slice.loadUintBig(64), 64)
    .storeUint(slice.loadUint(16) + 1, 16)
    .storeSlice(slice)
    .endCell();
  assert.equal(parseRootGenesis(miscounted.toBoc().toString("base64")), undefined);
});

test("parseRootEvent() finds nothing in other messages", () => {
  const others = [
    beginCell().endCell(),
    rawCell([1, 32], [0, 64]),
    rawCell([0x52542002, 32], [0, 64]),
    beginCell().storeUint(0x52542003, 32).storeUint(1, 32).storeRef(beginCell()).endCell(),
    beginCell()
      .storeUint(0x52542003, 32)
      .storeUint(1, 32)
      .storeRef(rawCell([0x33, 8]))
      .endCell(),
  ];
  for (const body of others) assert.equal(parseRootEvent(body), undefined);
});

test("wrappers take nothing malformed", () => {
  const [key = ""] = genesis.governance.keys;
  const bad: readonly RootChange[] = [
    { kind: "setModel", manifestHash: "12", listing },
    { kind: "setModel", manifestHash: hash(1), listing: { ...listing, name: "n".repeat(65) } },
    { kind: "setModel", manifestHash: hash(1), listing: { ...listing, name: "" } },
    { kind: "setAuditors", auditors: { keys: [key, key], threshold: 1 } },
    { kind: "setAuditors", auditors: { keys: [key], threshold: 2 } },
    { kind: "setAuditors", auditors: { keys: [key], threshold: 0 } },
    { kind: "setAuditors", auditors: { keys: [], threshold: 1 } },
    { kind: "setAuditors", auditors: governanceBy(keysOf("eleven", 11), 1) },
    { kind: "setGovernance", governance: governanceBy(governors, 1, 7_776_001) },
    { kind: "liftBan", platformId: "" },
    { kind: "liftBan", platformId: "xy" },
    { kind: "liftBan", platformId: "01".repeat(65) },
  ];
  for (const change of bad) assert.throws(() => changeCell(change), RangeError);
});
