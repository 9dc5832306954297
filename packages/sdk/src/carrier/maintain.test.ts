import assert from "node:assert/strict";
import { test } from "node:test";
import { CocoonError, createConnectionPair } from "@cocoon/protocol";
import { maintain, type MaintainOptions } from "./maintain.ts";
import type { Peer } from "./peer.ts";
import type { Timers } from "./timers.ts";

/** Lets everything that is in flight arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

function createPeer() {
  const pair = createConnectionPair();
  const peer: Peer = {
    publicKey: new Uint8Array(32),
    role: "proxy",
    version: 1,
    features: [],
    connection: pair.dialer,
    remoteAddress: undefined,
    close: () => {
      pair.dialer.close();
      return Promise.resolve();
    },
  };
  return { ...pair, peer };
}

/** A keeper whose dialing, time and chance are the test's. */
function keep(options: Partial<MaintainOptions> = {}) {
  const dials: { resolve: (peer: Peer) => void; reject: (error: Error) => void }[] = [];
  const pauses: { delayMs: number; callback: () => void }[] = [];
  const events: string[] = [];
  const state = { nowMs: 0 };
  const timers: Timers = {
    nowMs: () => state.nowMs,
    every: () => () => undefined,
    after: (delayMs, callback) => {
      pauses.push({ delayMs, callback });
      return () => undefined;
    },
  };
  const controller = new AbortController();
  const kept = maintain({
    dial: () => new Promise((resolve, reject) => dials.push({ resolve, reject })),
    signal: controller.signal,
    onConnected: () => events.push("connected"),
    onDisconnected: (_peer, error) => events.push(`disconnected ${error?.code}`),
    onFailed: (error, delayMs) => events.push(`failed ${error.code} ${delayMs}`),
    random: () => 0,
    timers,
    ...options,
  });
  const pass = async () => {
    pauses.shift()?.callback();
    await settle();
  };
  return { kept, dials, pauses, events, state, controller, pass };
}

test("maintain() waits twice as long after each failure in a row, up to its limit", async () => {
  const { dials, pauses, events, pass, controller, kept } = keep({
    delayMinMs: 100,
    delayMaxMs: 500,
  });
  const delays: (number | undefined)[] = [];
  for (let round = 0; round < 5; round += 1) {
    dials.shift()?.reject(new CocoonError("peer_unreachable"));
    await settle();
    delays.push(pauses[0]?.delayMs);
    await pass();
  }
  assert.deepEqual(delays, [100, 200, 400, 500, 500]);
  assert.equal(events[1], "failed peer_unreachable 200");
  controller.abort();
  dials[0]?.reject(new CocoonError("cancelled"));
  await kept.stopped;
  assert.equal(events.length, 5);
});

test("maintain() shortens each delay at random, by a half at most", async () => {
  const { dials, pauses, controller, kept, pass } = keep({ delayMinMs: 100, random: () => 0.5 });
  dials.shift()?.reject(new CocoonError("peer_timeout"));
  await settle();
  assert.equal(pauses[0]?.delayMs, 75);
  controller.abort();
  await pass();
  await kept.stopped;
});

test("maintain() dials again when the peer is lost, soon if it had lasted, later if it flaps", async () => {
  const { dials, pauses, events, state, pass, controller, kept } = keep({ delayMinMs: 100 });
  const delays: (number | undefined)[] = [];
  for (const lastedMs of [0, 0, 0, 20_000, 0]) {
    const { peer, cut } = createPeer();
    dials.shift()?.resolve(peer);
    await settle();
    assert.equal(kept.peer, peer);
    state.nowMs += lastedMs;
    cut();
    await settle();
    assert.equal(kept.peer, undefined);
    delays.push(pauses[0]?.delayMs);
    await pass();
  }
  assert.deepEqual(delays, [100, 200, 400, 100, 200]);
  assert.deepEqual(events.slice(0, 2), ["connected", "disconnected peer_unreachable"]);
  controller.abort();
  dials[0]?.reject(new CocoonError("cancelled"));
  await kept.stopped;
});

test("next() gives the peer, or waits for one, and rejects when it is told to stop", async () => {
  const { dials, controller, kept } = keep();
  const impatient = new AbortController();
  const given = kept.next();
  const givenUp = kept.next(impatient.signal);
  impatient.abort();
  await assert.rejects(givenUp, { code: "cancelled" });
  const { peer, dialer, listener } = createPeer();
  dials.shift()?.resolve(peer);
  assert.equal(await given, peer);
  assert.equal(await kept.next(), peer);
  const stream = dialer.open(1);
  await settle();
  listener.goAway();
  await settle();
  assert.equal(kept.peer, undefined);
  const waiting = kept.next();
  controller.abort();
  await assert.rejects(waiting, { code: "cancelled" });
  await kept.stopped;
  assert.equal((await stream.closed)?.code, "peer_unreachable");
  await assert.rejects(kept.next(), { code: "cancelled" });
});

test("maintain() closes a peer that arrives after it was stopped", async () => {
  const { dials, controller, kept } = keep();
  controller.abort();
  const { peer } = createPeer();
  dials.shift()?.resolve(peer);
  await kept.stopped;
  assert.equal(peer.connection.isOpen, false);
});
