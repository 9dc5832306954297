import * as fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes, utf8 } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { enterTunnel, offerTunnel, type Tunnel } from "./tunnel.ts";

async function createTunnel(): Promise<{ readonly dialer: Tunnel; readonly listener: Tunnel }> {
  const { offer, enter } = await offerTunnel();
  const { answer, tunnel } = await enterTunnel(offer);
  return { dialer: tunnel, listener: await enter(answer) };
}

test("enterTunnel() and enter() refuse what no key and no answer is with handshake_failed, whatever the bytes", async () => {
  const { enter } = await offerTunnel();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 1_300 }), async (bytes) => {
      await assert.rejects(enterTunnel(bytes), { code: "handshake_failed" });
      await assert.rejects(enter(bytes), { code: "handshake_failed" });
    }),
    { numRuns: 20 },
  );
});

test("open() refuses a message that is altered, repeated, early, or the other direction's", async () => {
  const { dialer, listener } = await createTunnel();
  const [first, second] = [dialer.seal(utf8("first")), dialer.seal(utf8("second"))];
  const refused = { code: "frame_malformed" };
  assert.throws(() => listener.open(second), refused);
  assert.throws(
    () => listener.open(first.map((byte, index) => (index === 3 ? byte ^ 1 : byte))),
    refused,
  );
  assert.throws(() => dialer.open(first), refused);
  assert.throws(() => listener.open(new Uint8Array()), refused);
  assert.deepEqual(listener.open(first), utf8("first"));
  assert.throws(() => listener.open(first), refused);
  assert.deepEqual(listener.open(second), utf8("second"));
});

test("somebody in the middle of two tunnels holds two bindings", async () => {
  const one = await createTunnel();
  const other = await createTunnel();
  assert.deepEqual(one.dialer.binding, one.listener.binding);
  assert.ok(!equalBytes(one.dialer.binding, other.listener.binding));
});

test("an answer to another offer gives a tunnel that opens nothing", async () => {
  const { offer } = await offerTunnel();
  const { enter } = await offerTunnel();
  const { answer, tunnel } = await enterTunnel(offer);
  const stranger = await enter(answer);
  assert.throws(() => stranger.open(tunnel.seal(utf8("hello"))), CocoonError);
});
