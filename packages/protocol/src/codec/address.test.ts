import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, encodeAddress, friendlyAddress, parseAddress } from "./address.ts";

const zero = `0:${"00".repeat(32)}`;
const elector = `-1:${"33".repeat(32)}`;

test("parseAddress() refuses what is not a raw address", () => {
  const wrong = ["", "0:", `1:${"00".repeat(32)}`, `0:${"00".repeat(31)}`, `0:${"AB".repeat(32)}`];
  for (const text of wrong) assert.equal(parseAddress(text), undefined, text);
});

test("addressOf() undoes encodeAddress()", () => {
  for (const address of [zero, elector]) assert.equal(addressOf(encodeAddress(address)), address);
});

test("friendlyAddress() writes what explorers show", () => {
  assert.equal(friendlyAddress(zero), "EQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAM9c");
  assert.equal(friendlyAddress(elector), "Ef8zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM0vF");
});
