import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  addressOf,
  encodeAddress,
  friendlyAddress,
  parseAddress,
  parseFriendlyAddress,
} from "./address.ts";

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

test("parseFriendlyAddress() refuses another length, alphabet, tag, workchain or checksum", () => {
  const good = friendlyAddress(elector);
  const altered = Array.from(
    good,
    (letter, at) => good.slice(0, at) + (letter === "A" ? "B" : "A") + good.slice(at + 1),
  );
  const wrong = [
    "",
    good.slice(1),
    `${good}A`,
    `${good.slice(0, 47)}=`,
    ` ${good.slice(1)}`,
    elector,
  ];
  for (const text of [...wrong, ...altered])
    assert.equal(parseFriendlyAddress(text), undefined, text);
});

test("parseFriendlyAddress() undoes friendlyAddress()", () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(fc.constantFrom(0, 255), hash, (workchain, bytes) => {
      const address = addressOf(Uint8Array.of(workchain, ...bytes));
      const read = parseFriendlyAddress(friendlyAddress(address));
      assert.deepEqual(read, { address, isBounceable: true, isTestOnly: false });
    }),
    { numRuns: 50 },
  );
});

test("parseFriendlyAddress() reads the other spellings of one address", () => {
  // TON documentation, "smart contract addresses": user-friendly forms of one account.
  const address = "0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e";
  const forms = [
    ["EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF", true, false],
    ["UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA", false, false],
    ["kQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPgpP", true, true],
    ["0QDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPleK", false, true],
    ["EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff+W72r5gqPrHF", true, false],
  ] as const;
  for (const [text, isBounceable, isTestOnly] of forms) {
    assert.deepEqual(parseFriendlyAddress(text), { address, isBounceable, isTestOnly }, text);
  }
});
