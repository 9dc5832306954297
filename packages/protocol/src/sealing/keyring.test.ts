import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { createSigningKey, primitives } from "../primitives/index.ts";
import { nowMs } from "./fixture.test.ts";
import { openKeyConfig } from "./key-config.ts";
import { createRecipient, Keyring } from "./keyring.ts";

const identityKey = createSigningKey(new Uint8Array(32).fill(1));
const minuteMs = 60_000;

test("Keyring refuses an overlap that is not shorter than a key's life", () => {
  const options = { suite: 1, identityKey, lifetimeMs: 10, overlapMs: 10 } as const;
  assert.throws(() => new Keyring(options), RangeError);
});

test("Keyring.current() keeps a key for an hour, then makes another", async () => {
  const keyring = new Keyring({ suite: 1, identityKey });
  const first = await keyring.current(nowMs);
  assert.equal(first.notAfterMs, nowMs + 70 * minuteMs);
  assert.equal(await keyring.current(nowMs + 60 * minuteMs - 1), first);
  const second = await keyring.current(nowMs + 60 * minuteMs);
  assert.notDeepEqual(second.kid, first.kid);
  assert.equal(second.notAfterMs, nowMs + 130 * minuteMs);
});

test("Keyring.find() gives a key through its overlap and forgets it at its end, for good", async () => {
  const keyring = new Keyring({ suite: 1, identityKey });
  const first = await keyring.current(nowMs);
  const second = await keyring.current(nowMs + 60 * minuteMs);
  const lastMs = nowMs + 70 * minuteMs - 1;
  assert.equal(keyring.find(first.kid, lastMs), first);
  assert.equal(keyring.find(second.kid, lastMs), second);
  assert.equal(keyring.find(first.kid, lastMs + 1), undefined);
  assert.equal(keyring.find(first.kid, nowMs), undefined, "even when the clock is set back");
  assert.equal(keyring.find(new Uint8Array(8), lastMs), undefined);
});

test("Keyring.current() makes one key for callers at once", async () => {
  const keyring = new Keyring({ suite: 1, identityKey });
  const [first, second] = await Promise.all([keyring.current(nowMs), keyring.current(nowMs)]);
  assert.equal(first, second);
  const laterMs = nowMs + 65 * minuteMs;
  const [third, fourth] = await Promise.all([keyring.current(laterMs), keyring.current(laterMs)]);
  assert.equal(third, fourth);
  assert.notEqual(third, first);
});

test("createRecipient() signs a config that opens, and prints no private key", async () => {
  const seed = primitives.randomBytes(32);
  const recipient = await createRecipient(1, identityKey, {
    notAfterMs: nowMs + minuteMs,
    random: () => seed,
  });
  const config = openKeyConfig(recipient.keyConfig, identityKey.publicKey, nowMs);
  assert.deepEqual(config.kid, recipient.kid);
  const again = await createRecipient(1, identityKey, {
    notAfterMs: nowMs + minuteMs,
    random: () => seed,
  });
  assert.deepEqual(again.keyConfig, recipient.keyConfig, "the same randomness, the same key");
  assert.doesNotMatch(inspect(recipient.privateKey, { depth: 9, showHidden: true }), /Uint8Array/);
});
