import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../bytes/index.ts";
import { createSigningKey, primitives } from "../primitives/index.ts";
import { flip, nowMs, overwrite, suites } from "./fixture.test.ts";
import { kidOf, openKeyConfig, signKeyConfig } from "./key-config.ts";
import { publicKeyBytes } from "./suite.ts";

const identityKey = createSigningKey(new Uint8Array(32).fill(1));
const notAfterMs = nowMs + 4_200_000;
const publicKey = primitives.sha256(new Uint8Array());
const good = signKeyConfig(identityKey, { suite: 1, notAfterMs, publicKey });
const open = (bytes: Uint8Array, atMs: number = nowMs) =>
  openKeyConfig(bytes, identityKey.publicKey, atMs);

test("openKeyConfig() refuses malformed bytes as key_config_malformed", () => {
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ["empty", new Uint8Array()],
    ["magic", flip(good, 3)],
    ["suite 0", overwrite(good, 4, 0)],
    ["suite 3", overwrite(good, 4, 3)],
    ["suite 2 with a key of suite 1", overwrite(good, 4, 2)],
    ["kid of another key", flip(good, 5)],
    ["a time above 2^53", overwrite(good, 13, 0xff)],
    ["a size that is not the suite's", overwrite(good, 21, 0, 31)],
    ["one byte short", good.subarray(0, -1)],
    ["one byte more", concatBytes(good, Uint8Array.of(0))],
  ];
  for (const [name, bytes] of wrong) {
    assert.throws(() => open(bytes), { code: "key_config_malformed" }, name);
  }
});

test("openKeyConfig() refuses a config that this identity key did not sign", () => {
  const stranger = createSigningKey(new Uint8Array(32).fill(2));
  const foreign = signKeyConfig(stranger, { suite: 1, notAfterMs, publicKey });
  const code = "key_config_signature_invalid";
  assert.throws(() => open(foreign), { code });
  assert.throws(() => open(flip(good, -1)), { code });
  assert.throws(() => open(flip(good, 20)), { code }, "another end");
  assert.throws(() => openKeyConfig(good, new Uint8Array(5), nowMs), { code });
});

test("openKeyConfig() refuses a config from its end on, and one whose end is too far away", () => {
  const code = "key_config_expired";
  assert.throws(() => open(good, notAfterMs), { code });
  assert.throws(() => open(good, notAfterMs - 7_200_001), { code });
  assert.ok(open(good, notAfterMs - 1));
  assert.ok(open(good, notAfterMs - 7_200_000));
});

test("openKeyConfig() refuses a config with any one byte flipped", () => {
  for (const index of good.keys()) assert.throws(() => open(flip(good, index)));
});

test("openKeyConfig() gives what signKeyConfig() signed, for each suite", () => {
  for (const suite of suites) {
    const key = new Uint8Array(publicKeyBytes(suite)).fill(9);
    const bytes = signKeyConfig(identityKey, { suite, notAfterMs, publicKey: key });
    const config = open(bytes);
    assert.equal(bytes.length, 87 + key.length);
    assert.deepEqual({ ...config }, { suite, kid: kidOf(key), notAfterMs, publicKey: key });
  }
});
