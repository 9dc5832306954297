import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { simulatedProfile } from "@cocoon/devnet";
import { verifyBundle } from "@cocoon/protocol";
import { createPolicySource, parseProofFile, readRoot, revoke } from "@cocoon/sdk";
import { baseOf, goodRequest, post, refusalIn } from "./ask.ts";
import { council, createNetwork, type Network, waitFor } from "./harness.ts";

/** Longer than a policy is used before it is read again. */
const refreshMs = 11_000;

suite("a platform that governance bans", () => {
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

  /** The machine behind an answer, as its proof file names it to anybody. */
  async function platformOf(answer: Response): Promise<string> {
    const { chain, config } = network;
    const receipt = answer.headers.get("x-cocoon-receipt") ?? "";
    const response = await fetch(`${baseOf(gateway)}/v1/receipts/${receipt}`);
    const { bundle } = parseProofFile(await response.text());
    const policy = await createPolicySource({ client: chain, root: config.root, now: Date.now })();
    const expect = { tier: "dev" } as const;
    const profiles = [simulatedProfile];
    const options = { policy, profiles, nowMs: Date.now(), expect };
    return (await verifyBundle(bundle, options)).platformId;
  }

  test("gets no prompt as soon as a client has read the root, whatever the proxy offers", async () => {
    const answer = await post(gateway, goodRequest);
    assert.equal(answer.status, 200);
    await answer.text();
    const platformId = await platformOf(answer);
    const { chain, config } = network;
    const ban = { kind: "banPlatform", platformId } as const;
    const signers = [council];
    await revoke(network.wallet("governance"), config.root, ban, { signers });
    assert.deepEqual([...(await readRoot(chain, config.root)).bans.keys()], [platformId]);
    aheadMs += refreshMs;
    const refused = await waitFor("the gateway refuses", async () => {
      const response = await post(gateway, goodRequest);
      return response.status !== 200 && response;
    });
    const { code } = await refusalIn(refused);
    assert.ok(code === "platform_banned" || code === "no_worker", code ?? "");
  });
});
