import { nanotons } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelSummary, ProxySummary } from "./collect.ts";
import { describeMoney } from "./money.ts";

const ton = 1_000_000_000n;
const askedAtMs = Date.UTC(2026, 0, 2);
const address = `0:${"ab".repeat(32)}`;

const channel: ChannelSummary = {
  address,
  phase: "open",
  depositNanotons: nanotons(10n * ton),
  spentNanotons: nanotons(3n * ton),
  voucheredNanotons: nanotons(2n * ton),
  claimedNanotons: nanotons(ton),
  closesAtSeconds: undefined,
};
const proxy: ProxySummary = {
  bond: address,
  endpoint: "127.0.0.1:1",
  phase: "bonded",
  withdrawableAtSeconds: undefined,
  fault: undefined,
  bondNanotons: nanotons(10n * ton),
  anchoredSize: 1,
  budgetNanotons: 5n * ton,
  logSize: 1,
  feeBps: 100,
};
const told = (channels: readonly ChannelSummary[], proxies: readonly ProxySummary[]): string =>
  describeMoney({ askedAtMs, channels, proxies }).join("\n");

test("describeMoney() says of an open channel what is spent, promised, taken, and comes back", () => {
  assert.equal(
    told([channel], [proxy]),
    `channel 0:abababababa… holds 10 TON: 3 is spent on answers, 7 TON come back when you close it
channel 0:abababababa…: the next voucher promises 1 TON more to the proxy
channel 0:abababababa…: the proxy holds a voucher for 1 TON and can take them any time`.replaceAll(
      "0:abababababa…",
      `${address.slice(0, 12)}…`,
    ),
  );
  assert.equal(told([{ ...channel, phase: "closed" }], [proxy]), "");
});

test("describeMoney() says until when a closing channel can still be taken from, and what follows", () => {
  const soon = { ...channel, phase: "closed", closesAtSeconds: askedAtMs / 1_000 + 60 };
  assert.match(told([soon], []), /closing: until 2026-01-02T00:01:00Z .* the rest of 9 TON$/);
  const now = { ...channel, phase: "closed", closesAtSeconds: askedAtMs / 1_000 };
  assert.match(told([now], []), /9 TON are free, and the gateway takes them back/);
});

test("describeMoney() tells a proxy that leaves, that was slashed, and that runs out of anchors", () => {
  const leaving = {
    ...proxy,
    phase: "unbonding",
    withdrawableAtSeconds: askedAtMs / 1_000,
  } as const;
  assert.match(told([], [leaving]), /is leaving: .* 10 TON are free from 2026-01-02T00:00:00Z/);
  const slashed = { ...proxy, phase: "slashed", fault: "omission" } as const;
  assert.match(told([], [slashed]), /lost its bond for omission/);
  assert.match(told([], [{ ...proxy, budgetNanotons: 660_000n * 7n }]), /about 7 more anchors/);
});
