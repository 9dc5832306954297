import assert from "node:assert/strict";
import { test } from "node:test";
import { channelCode, proxyBondCode, workerBondCode } from "@cocoon/contracts";
import { createSigningKey, nanotons, toHex } from "@cocoon/protocol";
import {
  cancelChange,
  changesAffecting,
  createPolicySource,
  deployRoot,
  enactChanges,
  executeChange,
  type Governance,
  prepareStatement,
  proposeChange,
  readRoot,
  revoke,
  sendStatement,
  signStatement,
} from "@cocoon/sdk";
import { devnetSuite, seedOf, tons } from "./devnet-chain.ts";

const keys = ["council-1", "council-2", "council-3"].map((name) => createSigningKey(seedOf(name)));
const signers = keys.slice(0, 2);
const model = "ab".repeat(32);
const image = "cd".repeat(32);
const other = "ef".repeat(32);
const params = {
  tcbEvaluationFloor: 17,
  bondMin: tons(1n),
  workerBondMin: tons(0n),
  channelCodeHash: channelCode.hash,
  proxyBondCodeHash: proxyBondCode.hash,
  workerBondCodeHash: workerBondCode.hash,
};
const listing = {
  name: "cocoon-3m",
  contextTokens: 512,
  promptPerMillionMax: nanotons(7n),
  completionPerMillionMax: nanotons(9n),
};
const measurement = { teeType: 1, role: 1, evaluationMin: 16 };

function governanceAfter(delaySeconds: number): Governance {
  return { keys: keys.map(({ publicKey }) => toHex(publicKey)), threshold: 2, delaySeconds };
}

devnetSuite("the root through the SDK", (chain) => {
  const begin = async (salt: bigint, delaySeconds: number) => {
    const wallet = await chain().wallet("carrier", 10n);
    const governance = governanceAfter(delaySeconds);
    const models = new Map([[model, listing]]);
    const measurements = new Map([[image, measurement]]);
    const options = { salt, governance, params, models, measurements };
    return { wallet, options, ...(await deployRoot(wallet, options)) };
  };

  test("deployRoot() puts all lists there in one transaction, and anybody may pay for what the keys decide", async () => {
    const { wallet, options, root, feeNanotons } = await begin(1n, 0);
    assert.ok(feeNanotons > 0n && feeNanotons < 10_000_000n, `${feeNanotons}`);
    const first = await readRoot(chain().client, root);
    assert.equal(first.revision, 0);
    assert.deepEqual(first.params, params);
    assert.deepEqual([...first.models], [[model, listing]]);
    assert.deepEqual([...first.measurements], [[image, measurement]]);
    assert.deepEqual(first.governance, {
      ...options.governance,
      keys: options.governance.keys.toSorted(),
    });
    await enactChanges(
      wallet,
      root,
      [
        { kind: "setParams", params: { ...params, tcbEvaluationFloor: 18 } },
        { kind: "setModel", manifestHash: other, listing },
        { kind: "setMeasurement", imageHash: other, measurement },
        { kind: "removeModel", manifestHash: model },
      ],
      { signers },
    );
    await revoke(wallet, root, { kind: "removeMeasurement", imageHash: image }, { signers });
    await revoke(wallet, root, { kind: "banPlatform", platformId: "0102" }, { signers });
    const second = await readRoot(chain().client, root);
    assert.equal(second.revision, 6);
    assert.equal(second.params.tcbEvaluationFloor, 18);
    assert.deepEqual([...second.models.keys()], [other]);
    assert.deepEqual([...second.measurements.keys()], [other]);
    assert.deepEqual([...second.bans.keys()], ["0102"]);
    const unlisted = { kind: "removeModel", manifestHash: model } as const;
    const refused = revoke(wallet, root, unlisted, { signers });
    await assert.rejects(refused, { code: "transaction_failed" });
    const policy = await policyOf(root)();
    assert.deepEqual([...(policy.bannedPlatforms ?? [])], ["0102"]);
    assert.equal(policy.measurements.get(other)?.evaluationMin, 16);
  });

  function policyOf(root: string) {
    return createPolicySource({ client: chain().client, root, now: Date.now, refreshMs: 0 });
  }

  test("a proposal is seen with its time, can be cancelled, and is executed by anybody after it", async () => {
    const { wallet, root } = await begin(2n, 3);
    const removal = { kind: "removeModel", manifestHash: model } as const;
    const cheaper = { ...listing, completionPerMillionMax: nanotons(1n) };
    const dropped = await proposeChange(wallet, root, removal, { signers });
    const kept = await proposeChange(
      wallet,
      root,
      { kind: "setModel", manifestHash: model, listing: cheaper },
      { signers },
    );
    const policy = await policyOf(root)();
    const affecting = changesAffecting(policy, { manifestHash: model, imageHash: image });
    assert.deepEqual(
      affecting.map(({ id }) => id),
      [dropped.id, kept.id],
    );
    assert.deepEqual(changesAffecting(policy, { manifestHash: other, imageHash: image }), []);
    const early = executeChange(wallet, root, kept.id);
    await assert.rejects(early, { code: "transaction_failed" });
    await cancelChange(wallet, root, dropped.id, { signers });
    const stranger = await chain().wallet("stranger", 5n);
    const executeAtSeconds = Math.max(...affecting.map((change) => change.executeAtSeconds));
    const { client } = chain();
    while ((await client.account(stranger.address)).seenAtSeconds < executeAtSeconds) {
      await client.clock.wait(client.pollMs);
    }
    await executeChange(stranger, root, kept.id);
    const state = await readRoot(client, root);
    assert.deepEqual(state.pending, []);
    assert.deepEqual([...state.models], [[model, cheaper]]);
  });

  test("createPolicySource() does not go back to an earlier revision, and says so in the end", async () => {
    const { wallet, root } = await begin(4n, 0);
    const { client } = chain();
    const old = await client.trustedAccount(root);
    let isBehind = false;
    let nowMs = 0;
    const policy = createPolicySource({
      client: {
        ...client,
        trustedAccount: async (address) => (isBehind ? old : await client.trustedAccount(address)),
      },
      root,
      now: () => nowMs,
      refreshMs: 10,
      ageMaxMs: 100,
    });
    const removal = { kind: "removeModel", manifestHash: model } as const;
    await revoke(wallet, root, removal, { signers });
    assert.deepEqual([(await policy()).revision, (await policy()).models.size], [1, 0]);
    isBehind = true;
    nowMs = 50;
    assert.equal((await policy()).revision, 1);
    nowMs = 101;
    await assert.rejects(policy(), { code: "policy_stale" });
    isBehind = false;
    assert.equal((await policy()).revision, 1);
  });

  test("createPolicySource() reads again at once what was read by a clock that was ahead", async () => {
    const { root } = await begin(5n, 0);
    let nowMs = 1_000_000;
    const policy = createPolicySource({ client: chain().client, root, now: () => nowMs });
    assert.equal((await policy()).readAtMs, 1_000_000);
    nowMs = 500_000;
    assert.equal((await policy()).readAtMs, 500_000);
  });

  test("prepareStatement() lets keys sign apart, and one signature alone is not enough", async () => {
    const { wallet, root } = await begin(3n, 0);
    const { statement, governance } = await prepareStatement(chain().client, root, {
      action: "revoke",
      revocation: { kind: "raiseFloor", tcbEvaluationFloor: 20 },
    });
    const [one, two] = signers.map((key) => signStatement(statement, governance, [key]));
    assert.ok(one !== undefined && two !== undefined);
    await assert.rejects(sendStatement(wallet, one), { code: "transaction_failed" });
    const signatures = [...one.signatures, ...two.signatures].toSorted(
      (left, right) => left.index - right.index,
    );
    await sendStatement(wallet, { ...statement, signatures });
    assert.equal((await readRoot(chain().client, root)).params.tcbEvaluationFloor, 20);
  });
});
