import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { executeChange, proposeChange, readRoot } from "@cocoon/sdk";
import { goodRequest, post, refusalIn } from "./ask.ts";
import { council, createNetwork, type Network, waitFor } from "./harness.ts";

/** Longer than a policy is used before it is read again. */
const refreshMs = 11_000;

suite("a model that is about to be removed", () => {
  let network: Network;
  let gateway: { readonly port: number };
  let aheadMs = 0;

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    await network.startWorker("worker-1");
    gateway = await network.startGateway({}, { now: () => Date.now() + aheadMs });
  });
  after(() => network.stop());

  async function announced(stream: boolean): Promise<string | null> {
    const response = await post(gateway, { ...goodRequest, stream });
    assert.equal(response.status, 200);
    await response.text();
    return response.headers.get("x-cocoon-pending-change");
  }

  test("is announced with each answer, whole and streamed, and then gone", async () => {
    assert.equal(await announced(false), null);
    const { chain, config, manifestHash } = network;
    const wallet = network.wallet("governance");
    const removal = { kind: "removeModel", manifestHash } as const;
    const { id } = await proposeChange(wallet, config.root, removal, { signers: [council] });
    const [pending] = (await readRoot(chain, config.root)).pending;
    assert.ok(pending !== undefined);
    aheadMs += refreshMs;
    const words = await waitFor("the gateway knows", async () => (await announced(false)) ?? false);
    assert.equal(words, `${id};at=${pending.executeAtSeconds}`);
    assert.equal(await announced(true), words);

    await waitFor("the delay is over", async () => {
      const { seenAtSeconds } = await chain.account(config.root);
      return seenAtSeconds >= pending.executeAtSeconds;
    });
    await executeChange(wallet, config.root, id);
    aheadMs += refreshMs;
    await waitFor("the gateway lists the model no more", async () => {
      const response = await post(gateway, goodRequest);
      return response.status !== 200 && (await refusalIn(response)).code === "model_unknown";
    });
  });
});
