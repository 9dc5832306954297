// The floors and sizes that the contracts declare, next to what gas.json says that operations need and accounts take up.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { GasTable } from "../testing/gas.ts";
import { tolkConstants } from "../testing/tolk-constants.ts";

const floors = {
  "channel.open": ["Channel.tolk", "GAS_OPEN"],
  "channel.topUp": ["Channel.tolk", "GAS_TOP_UP"],
  "channel.settle": ["Channel.tolk", "GAS_SETTLE"],
  "channel.close": ["Channel.tolk", "GAS_CLOSE"],
  "channel.startClose": ["Channel.tolk", "GAS_START_CLOSE"],
  "channel.finishClose": ["Channel.tolk", "GAS_FINISH_CLOSE"],
  "proxyBond.register": ["ProxyBond.tolk", "GAS_REGISTER"],
  "proxyBond.anchor": ["ProxyBond.tolk", "GAS_ANCHOR"],
  "proxyBond.deposit": ["ProxyBond.tolk", "GAS_DEPOSIT"],
  "proxyBond.update": ["ProxyBond.tolk", "GAS_UPDATE"],
  "proxyBond.withdrawSurplus": ["ProxyBond.tolk", "GAS_WITHDRAW"],
  "proxyBond.requestUnbond": ["ProxyBond.tolk", "GAS_UNBOND"],
  "proxyBond.withdrawBond": ["ProxyBond.tolk", "GAS_WITHDRAW"],
  "proxyBond.slashContradiction": ["ProxyBond.tolk", "GAS_CONTRADICTION"],
  "proxyBond.slashOmission": ["ProxyBond.tolk", "GAS_OMISSION"],
  "workerBond.register": ["WorkerBond.tolk", "GAS_REGISTER"],
  "workerBond.deposit": ["WorkerBond.tolk", "GAS_DEPOSIT"],
  "workerBond.requestUnbond": ["WorkerBond.tolk", "GAS_UNBOND"],
  "workerBond.withdraw": ["WorkerBond.tolk", "GAS_WITHDRAW"],
  "workerBond.slashDoubleReceipt": ["WorkerBond.tolk", "GAS_DOUBLE_RECEIPT"],
  "workerBond.submitVerdict": ["WorkerBond.tolk", "GAS_SUBMIT"],
  "workerBond.cancelVerdict": ["WorkerBond.tolk", "GAS_CANCEL"],
  "workerBond.executeVerdict": ["WorkerBond.tolk", "GAS_EXECUTE"],
  "root.deploy": ["Root.tolk", "GAS_DEPLOY"],
  "root.propose": ["Root.tolk", "GAS_PROPOSE"],
  "root.executeSetModel": ["Root.tolk", "GAS_EXECUTE"],
  "root.executeRemoveModel": ["Root.tolk", "GAS_EXECUTE"],
  "root.executeSetMeasurement": ["Root.tolk", "GAS_EXECUTE"],
  "root.executeRemoveMeasurement": ["Root.tolk", "GAS_EXECUTE"],
  "root.executeSetParams": ["Root.tolk", "GAS_EXECUTE"],
  "root.executeSetAuditors": ["Root.tolk", "GAS_EXECUTE"],
  "root.executeSetGovernance": ["Root.tolk", "GAS_EXECUTE"],
  "root.executeLiftBan": ["Root.tolk", "GAS_EXECUTE"],
  "root.cancel": ["Root.tolk", "GAS_CANCEL"],
  "root.revokeModel": ["Root.tolk", "GAS_REVOKE"],
  "root.revokeMeasurement": ["Root.tolk", "GAS_REVOKE"],
  "root.banPlatform": ["Root.tolk", "GAS_REVOKE"],
  "root.raiseFloor": ["Root.tolk", "GAS_REVOKE"],
} as const;

const bounds = {
  workerBond: ["WorkerBond.tolk", "WORKER_CELLS", "WORKER_BITS"],
  channel: ["Channel.tolk", "CHANNEL_CELLS", "CHANNEL_BITS"],
  proxyBond: ["ProxyBond.tolk", "BOND_CELLS", "BOND_BITS"],
  root: ["Root.tolk", "ROOT_CELLS", "ROOT_BITS"],
} as const;

// oxlint-disable-next-line no-unsafe-type-assertion -- our own file, which another test measures again
const measured = JSON.parse(
  readFileSync(new URL("../gas.json", import.meta.url), "utf8"),
) as GasTable;

test("every operation has a floor above what it needs, and not far above", () => {
  assert.deepEqual(Object.keys(floors).toSorted(), Object.keys(measured.operations).toSorted());
  for (const [operation, [source, name]] of Object.entries(floors)) {
    const floor = tolkConstants(source)(name);
    const gas = measured.operations[operation]?.gas ?? Infinity;
    assert.ok(floor >= gas && floor <= 1.6 * gas, `${operation}: ${name} ${floor}, gas ${gas}`);
  }
});

test("every contract counts on the largest size of its account, and not on far more", () => {
  assert.deepEqual(Object.keys(bounds).toSorted(), Object.keys(measured.accounts).toSorted());
  for (const [account, [source, cellsName, bitsName]] of Object.entries(bounds)) {
    const constant = tolkConstants(source);
    const { cells, bits } = measured.accounts[account] ?? { cells: Infinity, bits: Infinity };
    for (const [bound, size] of [
      [constant(cellsName), cells],
      [constant(bitsName), bits],
    ] as const) {
      assert.ok(bound >= size && bound <= 1.2 * size, `${account}: ${bound}, measured ${size}`);
    }
  }
});
