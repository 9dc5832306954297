// A chain that stands still for ten minutes, on the clocks of every role: answers go on, their receipts wait in the log,
// and one anchor, which the operator's budget pays for, covers them all when the chain is back.

import { nanotons } from "@cocoon/protocol";
import type { RunningGateway } from "@cocoon/services";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { get, goodRequest, openaiOf } from "./ask.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";
import { joined } from "./rig.ts";
import { ScriptedEngine } from "./scripted-engine.ts";

type Summary = { readonly id: string; readonly state: string };

const minuteMs = 60_000;
const outageMinutes = 10;
const dayMs = 86_400_000n;
/** Pays for somewhat more than two anchors in ten minutes. */
const anchorBudgetPerDayNanotons = nanotons(200_000_000n);
/** A budget starts with what one anchor may cost, and an anchor may cost more than the one before it. */
const anchorMost = 1_000_000n;

suite("a chain that stands still for ten minutes", () => {
  let network: Network;
  let gateway: RunningGateway;
  let passedMs = 0;
  let startedAtMs = 0;
  let bondBefore = 0n;
  const now = (): number => Date.now() + passedMs;

  const ask = async (): Promise<void> => {
    const answer = await openaiOf(gateway).chat.completions.create(goodRequest);
    assert.ok(answer.choices[0]?.message.content);
  };
  const receipts = async (state: string): Promise<readonly Summary[]> => {
    const { data } = await get<{ data: readonly Summary[] }>(gateway, "/v1/receipts?limit=1000");
    return data.filter((receipt) => receipt.state === state);
  };
  const inState = (state: string, count: number) =>
    waitFor(`${count} receipts are ${state}`, async () => (await receipts(state)).length === count);
  const anchors = (): number => network.log.filter((line) => line.includes("log_anchored")).length;
  const bondBalance = async (): Promise<bigint> => {
    const [proxy] = network.config.proxies;
    return (await network.chain.account(proxy?.bond ?? "")).balance;
  };

  before(async () => {
    network = await createNetwork();
    startedAtMs = now();
    bondBefore = await bondBalance();
    await network.startProxy({ anchorBudgetPerDayNanotons }, { now });
    await network.startWorker("worker-1", { scripted: new ScriptedEngine(4), now });
    gateway = await network.startGateway({}, { now });
    await joined(gateway, 1);
  });
  after(() => network.stop());

  /** Every nanoton that left the bond left it for anchors. */
  const assertWithinBudget = async (): Promise<void> => {
    const spent = bondBefore - (await bondBalance());
    const allowed = (anchorBudgetPerDayNanotons * BigInt(now() - startedAtMs)) / dayMs;
    assert.ok(spent > 0n && spent <= allowed + anchorMost, `${spent} of ${allowed} nanotons`);
  };

  test("answers go on for all of them, and their receipts are included and wait for an anchor", async () => {
    await ask();
    await inState("anchored", 1);
    await waitFor("the proxy knows it too", () => anchors() === 1);
    await network.stopDevnet();
    for (let minute = 1; minute <= outageMinutes; minute += 1) {
      passedMs += minuteMs;
      await ask();
    }
    await inState("included", outageMinutes);
    assert.equal(anchors(), 1);
  });

  test("one anchor covers them all once it is back", async () => {
    await network.restartDevnet();
    await network.devnet.advanceTime((outageMinutes * minuteMs) / 1_000);
    await inState("anchored", 1 + outageMinutes);
    await waitFor("the proxy knows it too", () => anchors() >= 2);
    assert.equal(anchors(), 2);
    await assertWithinBudget();
  });

  test("traffic that the budget does not pay for waits, included, until it does", async () => {
    const included = async (count: number): Promise<void> => {
      for (let asked = 0; asked < count; asked += 1) await ask();
      await waitFor("none is only signed", async () => (await receipts("signed")).length === 0);
    };
    await included(1);
    await waitFor("what was saved is spent", () => anchors() === 3);
    await included(3);
    assert.equal(anchors(), 3);
    assert.ok((await receipts("included")).length >= 3);
    passedMs += outageMinutes * minuteMs;
    await network.devnet.advanceTime((outageMinutes * minuteMs) / 1_000);
    await inState("anchored", 1 + outageMinutes + 4);
    await assertWithinBudget();
  });
});
