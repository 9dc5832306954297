// What no wrapper would make, although governance signed it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginCell, type Builder, type Cell } from "@ton/core";
import { cellDigest, fromHex } from "@cocoon/protocol";
import { createTestChain, testAddress } from "../testing/chain.ts";
import { testNetworkId } from "../testing/prices.ts";
import {
  assertDone,
  createRootChain,
  deploy,
  genesis,
  governors,
  rawCell,
  type RootChain,
  rootOn,
} from "../testing/root-chain.ts";
import { exitCodeName, initAddress, rootInit } from "./index.ts";

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
  const root = await createRootChain();
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

const withoutCodes = beginCell().storeUint(1, 32).storeCoins(1).storeCoins(1);
const halfOfCodes = beginCell()
  .storeBuilder(withoutCodes)
  .storeRef(rawCell([1, 256]));
const malformedParams: readonly Cell[] = [withoutCodes.endCell(), halfOfCodes.endCell()];

test("cells that are no change, or not only that, cannot be proposed", async () => {
  const root = await createRootChain();
  await refuseCell(root, rawCell([0x33, 8]), "BadChange");
  await refuseCell(root, beginCell().endCell(), "BadChange");
  await refuseCell(root, rawCell([0x02, 8], [1, 255]), 9);
  await refuseCell(root, rawCell([0x02, 8], [1, 256], [0, 1]), 9);
  await refuseCell(root, rawCell([0x05, 8]), 9);
  for (const params of malformedParams) {
    await refuseCell(root, beginCell().storeUint(0x05, 8).storeRef(params).endCell(), 9);
  }
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
  const malformed = malformedParams.map((cell) => {
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
