import assert from "node:assert/strict";
import { test } from "node:test";
import { WorkerMonitor } from "./monitor.ts";
import { TokenMeter } from "./token-meter.ts";

function monitorAt(nowMs: number) {
  const state = { nowMs };
  const monitor = new WorkerMonitor({ networkId: -7_239, now: () => state.nowMs });
  const codes = (): readonly string[] => monitor.report().reasons.map(({ code }) => code);
  return { codes, monitor, state };
}

test("what to mend first is told first, and since when", () => {
  const { codes, monitor, state } = monitorAt(5);
  assert.deepEqual(codes(), ["starting"]);
  state.nowMs = 9;
  monitor.fault("wallet_empty", "1 TON");
  monitor.fault("no_engine");
  monitor.mend("starting");
  assert.deepEqual(codes(), ["no_engine", "wallet_empty"]);
  state.nowMs = 20;
  monitor.fault("wallet_empty", "2 TON");
  const [, wallet] = monitor.report().reasons;
  assert.deepEqual([wallet?.sinceMs, wallet?.detail, wallet?.isBlocking], [9, "2 TON", true]);
  monitor.mendOthers("no_engine");
  assert.deepEqual(codes(), ["no_engine"]);
});

test("one proxy that offers the worker is enough; else each says why", () => {
  const { codes, monitor } = monitorAt(5);
  monitor.mendAll();
  assert.deepEqual(codes(), ["starting"]);
  const { money, today } = monitor.report();
  const load = { active: 0, queued: 0, slots: 3 };
  monitor.follow({ load: () => load, today: () => today, money: () => money });
  assert.deepEqual(codes(), ["proxy_unknown"]);
  monitor.link("a", "unreachable", "peer_unreachable");
  monitor.link("b", "refused", "price_above_cap");
  assert.deepEqual(codes(), ["price_too_high", "proxy_unreachable"]);
  monitor.link("a", "offered");
  assert.deepEqual(codes(), ["no_demand"]);
  assert.equal(monitor.report().activity, "idle");
  monitor.link("a", "withdrawn", "engine_unavailable");
  monitor.link("b", "unreachable", "bond_insufficient");
  assert.deepEqual(codes(), ["no_engine", "proxy_unbonded"]);
});

test("a refusal stands while the proxy is dialed again, and says whose fault it is", () => {
  const { codes, monitor } = monitorAt(5);
  monitor.mendAll();
  for (const [code, reason] of [
    ["claims_expired", "clock_wrong"],
    ["bond_insufficient", "no_bond"],
    ["image_unknown", "evidence_refused"],
    ["peer_misbehaved", "proxy_refused"],
  ] as const) {
    monitor.link("a", "refused", code);
    monitor.link("a", "connecting");
    assert.deepEqual(codes(), [reason]);
  }
  monitor.link("a", "offered");
  monitor.link("a", "connecting");
  assert.deepEqual(codes(), ["starting"]);
});

test("a worker that works needs no reason, and a change is told once", () => {
  const { codes, monitor } = monitorAt(5);
  monitor.follow({
    load: () => ({ active: 1, queued: 2, slots: 3 }),
    today: () => monitor.report().today,
    money: () => monitor.report().money,
  });
  let told = 0;
  const stop = monitor.onChanged(() => {
    told += 1;
  });
  monitor.fault("no_engine");
  monitor.fault("no_engine");
  stop();
  monitor.mend("no_engine");
  assert.equal(told, 1);
  monitor.follow(undefined);
  assert.deepEqual(codes(), ["starting"]);
});

test("TokenMeter counts the last ten whole seconds", () => {
  let nowMs = 100_000;
  const meter = new TokenMeter(() => nowMs);
  meter.count(30);
  assert.equal(meter.tokensPerSecond, 0);
  nowMs += 1_000;
  meter.count(7);
  assert.equal(meter.tokensPerSecond, 3);
  nowMs += 9_999;
  assert.equal(meter.tokensPerSecond, 3.7);
  nowMs += 1;
  assert.equal(meter.tokensPerSecond, 0.7);
  nowMs += 3_600_000;
  assert.equal(meter.tokensPerSecond, 0);
});
