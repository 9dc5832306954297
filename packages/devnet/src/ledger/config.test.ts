import { networkIds } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import { configParameter, devnetConfig } from "./config.ts";

const config = devnetConfig();

function sliceOf(index: number) {
  const cell = configParameter(config, index);
  assert.ok(cell);
  return cell.beginParse();
}

test("devnetConfig() names a network of its own", () => {
  const id = sliceOf(19).loadInt(32);
  assert.equal(id, networkIds.devnet);
  assert.ok(![-239, -3].includes(id));
});

test("devnetConfig() charges the gas and message prices of 2026", () => {
  const gas = sliceOf(21).skip(8 + 64 + 64 + 8);
  assert.equal(gas.loadUint(64), 4_369_067);
  const forward = sliceOf(25).skip(8);
  assert.equal(forward.loadUint(64), 66_667);
});

test("configParameter() returns undefined for a parameter that is not set", () => {
  assert.equal(configParameter(config, 12_345), undefined);
});
