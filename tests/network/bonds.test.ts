// Clients and workers know a proxy by its bond alone: where it is, which key it has, and whether it still stands.

import { requestProxyUnbond, updateProxyBond, readProxyBond } from "@cocoon/sdk";
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { codeBy, goodRequest, openaiOf } from "./ask.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";
import { joined } from "./rig.ts";

suite("a proxy's bond", () => {
  let network: Network;
  let bond: string;
  let port: number;
  const loggedOf = (event: string): readonly string[] =>
    network.log.filter((line) => line.includes(`"${event}"`));

  before(async () => {
    network = await createNetwork();
    ({ port } = await network.startProxy());
    bond = network.config.proxies[0]?.bond ?? "";
  });
  after(() => network.stop());

  test("says where the proxy is: a node that is told no address follows the chain", async () => {
    const named = { ...network.config, proxies: [{ bond }] };
    const gateway = await network.startGateway({ network: named }, { name: "named" });
    await network.startWorker("worker-1", { changes: { network: named } });
    await waitFor("nobody listens where the bond says", () =>
      loggedOf("proxy_unreachable").some((line) => line.includes("peer_unreachable")),
    );
    const state = await readProxyBond(network.chain, bond);
    assert.ok(state?.phase === "bonded");
    const { feeBps, logKey } = state;
    const wallet = network.wallet("proxy");
    await updateProxyBond(wallet, bond, { url: `127.0.0.1:${port}`, feeBps, logKey });
    await joined(gateway, 1);
    const answer = await openaiOf(gateway).chat.completions.create(goodRequest);
    assert.ok(answer.usage !== undefined);
  });

  test("is what counts: where there is none, every request is told so", async () => {
    const stranger = { bond: `0:${"77".repeat(32)}` };
    const gateway = await network.startGateway(
      { network: { ...network.config, proxies: [stranger] } },
      { name: "misled" },
    );
    const request = openaiOf(gateway).chat.completions.create(goodRequest);
    assert.equal(await codeBy(request), "bond_insufficient");
  });

  test("is left by clients and workers once it can be taken back", async () => {
    const gateway = await network.startGateway();
    await joined(gateway, 1);
    await openaiOf(gateway).chat.completions.create(goodRequest);
    await requestProxyUnbond(network.wallet("proxy"), bond);
    await waitFor("all have left", () => loggedOf("proxy_left").length === 3);
    const request = openaiOf(gateway).chat.completions.create(goodRequest);
    assert.equal(await codeBy(request), "bond_insufficient");
  });
});
