// A worker whose collateral lapses: it takes back what it offers, says why, and comes back by itself.

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { CocoonError } from "@cocoon/protocol";
import { goodRequest, post, refusalIn } from "./ask.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";
import { joined } from "./rig.ts";

const lifeMs = 4_000;

suite("a worker whose collateral lapses", () => {
  let network: Network;
  let gateway: Awaited<ReturnType<Network["startGateway"]>>;
  /** The vendor's servers, as the worker finds them. */
  let isVendorUp = true;
  /** Everybody's clock: it stands still, so that nothing lapses before a test says so. */
  let nowMs = Date.now();
  const now = (): number => nowMs;

  before(async () => {
    network = await createNetwork();
    await network.startProxy({}, { now });
    gateway = await network.startGateway({}, { now });
    await network.startWorker("worker-1", {
      now,
      evidenceRetryMs: 100,
      attester: (real, vendor) => ({
        ...real,
        attest: async (reportData) => {
          if (!isVendorUp) throw new CocoonError("collateral_unavailable");
          const { quote } = await real.attest(reportData);
          const expiresAtMs = Math.ceil((nowMs + lifeMs) / 1_000) * 1_000;
          return { quote, collateral: await vendor.collateral({ expiresAtMs }) };
        },
      }),
    });
    isVendorUp = false;
    await joined(gateway, 1);
  });
  after(() => network.stop());

  const logged = (event: string) => network.log.filter((line) => line.includes(`"${event}"`));

  test("answers while it is good", async () => {
    const answer = await post(gateway, goodRequest);
    assert.equal(answer.status, 200);
    await answer.text();
  });

  test("withdraws when it lapsed, and tells the proxy why; nobody is offered to clients", async () => {
    await waitFor("it tries to renew", () => logged("evidence_not_renewed").length > 0);
    assert.deepEqual(logged("worker_withdrew"), []);
    nowMs += lifeMs + 1_000;
    await waitFor("the worker has withdrawn", () => logged("worker_withdrew").length > 0);
    assert.match(logged("worker_withdrew").join(), /"code":"collateral_unavailable"/);
    assert.match(logged("evidence_lapsed").join(), /"code":"collateral_unavailable"/);
    assert.deepEqual(logged("worker_left"), []);
    const refused = await post(gateway, goodRequest);
    assert.equal((await refusalIn(refused)).code, "no_worker");
  });

  test("is offered again as soon as there is collateral", async () => {
    isVendorUp = true;
    await joined(gateway, 1);
    const answer = await post(gateway, goodRequest);
    assert.equal(answer.status, 200);
    await answer.text();
    assert.equal(logged("evidence_lapsed").length, 1);
  });
});
