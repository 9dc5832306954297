// A worker on an ordinary machine: its operator can read prompts, its bond answers for it, and everybody is told both.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import {
  createSigningKey,
  nanotons,
  openAttester,
  operatorNotice,
  parseReceipt,
  publicProfiles,
  type RawAddress,
  verifyBundle,
} from "@cocoon/protocol";
import {
  createPolicySource,
  parseProofFile,
  type ProofFile,
  registerWorkerBond,
  requestWorkerUnbond,
} from "@cocoon/sdk";
import { bondKeysFile, loadSeeds, type RunningGateway } from "@cocoon/services";
import { baseOf, codeBy, get, goodRequest, openaiOf, post, refusalIn } from "./ask.ts";
import { createNetwork, type Network, waitFor } from "./harness.ts";
import { joined } from "./rig.ts";
import { ScriptedEngine } from "./scripted-engine.ts";

const ton = 1_000_000_000n;
const day = 86_400;

suite("a worker on an ordinary machine", () => {
  let network: Network;
  let gateway: RunningGateway;
  let bond: RawAddress;
  let openId: string;

  const startOpen = (name: string, ownBond?: RawAddress) =>
    network.startWorker(name, {
      attester: () => openAttester,
      scripted: new ScriptedEngine(4),
      ...(ownBond !== undefined && { changes: { bond: ownBond } }),
    });

  /** Posts a bond from a worker's wallet, with the key that lies in the worker's home. */
  async function postBond(name: string): Promise<RawAddress> {
    const { networkId } = network.chain;
    const wallet = network.wallet(name);
    await network.devnet.faucet(wallet.address, 20n * ton);
    const seeds = loadSeeds(join(network.home, name, bondKeysFile), ["bond"], { networkId });
    const { workerBond } = await registerWorkerBond(wallet, {
      bond: nanotons(5n * ton),
      governance: network.wallet("governance").address,
      bondKey: createSigningKey(seeds.bond).publicKey,
      closeDelaySeconds: 2 * day,
      disputeDelaySeconds: day,
      salt: 1n,
      auditorThreshold: 1,
      auditorKeys: [createSigningKey(new Uint8Array(32).fill(3)).publicKey],
    });
    return workerBond;
  }

  async function proofOf(answer: Response): Promise<ProofFile> {
    const receipt = answer.headers.get("x-cocoon-receipt") ?? "";
    const response = await fetch(`${baseOf(gateway)}/v1/receipts/${receipt}`);
    return parseProofFile(await response.text());
  }

  before(async () => {
    network = await createNetwork();
    await network.startProxy();
    bond = await postBond("open");
    gateway = await network.startGateway({ tier: "open" });
  });
  after(() => network.stop());

  test("is refused by the proxy without a bond", async () => {
    const worker = await startOpen("bondless");
    const refusal = await waitFor("the proxy refuses", () =>
      network.log.find((line) => line.includes('"worker_refused"')),
    );
    assert.match(refusal, /"code":"bond_insufficient"/);
    const status = await get<{ workers: readonly unknown[] }>(gateway, "/v1/status");
    assert.deepEqual(status.workers, []);
    await worker.close();
  });

  test("answers a client that asks for the tier open, which is told who can read", async () => {
    await network.startWorker("simulated", { scripted: new ScriptedEngine(4) });
    openId = (await startOpen("open", bond)).workerId;
    await joined(gateway, 2);
    for (let asked = 0; asked < 3; asked += 1) {
      const answer = await post(gateway, goodRequest);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("x-cocoon-tier"), "open");
      assert.equal(answer.headers.get("x-cocoon-notice"), operatorNotice("open"));
      await answer.text();
      const { receipt, bundle } = await proofOf(answer);
      assert.equal(parseReceipt(receipt).tier, "open");
      const { chain, config } = network;
      const source = createPolicySource({ client: chain, root: config.root, now: Date.now });
      const policy = await source();
      const options = { policy, profiles: publicProfiles, nowMs: Date.now() };
      const worker = await verifyBundle(bundle, { ...options, expect: { tier: "open" } });
      assert.deepEqual([worker.tier, worker.claims.workerId], ["open", openId]);
      const raised = verifyBundle(bundle, { ...options, expect: { tier: "confidential" } });
      await assert.rejects(raised, { code: "tier_too_low" });
    }
  });

  test("is never reached by a request that asks for more, whoever asks", async () => {
    const raised = { "x-cocoon-tier": "confidential" };
    assert.equal((await refusalIn(await post(gateway, goodRequest, raised))).code, "no_worker");
    const cautious = await network.startGateway({ tier: "confidential" }, { name: "cautious" });
    const lowered = await post(cautious, goodRequest, { "x-cocoon-tier": "open" });
    assert.equal((await refusalIn(lowered)).code, "no_worker");
  });

  test("is refused by the client itself where the proxy offers it and its bond does not stand", async () => {
    await requestWorkerUnbond(network.wallet("open"), bond);
    const newcomer = await network.startGateway({ tier: "open" }, { name: "newcomer" });
    await joined(newcomer, 2);
    const asking = openaiOf(newcomer).chat.completions.create(goodRequest);
    assert.equal(await codeBy(asking), "bond_insufficient");
  });
});
