import assert from "node:assert/strict";
import { test } from "node:test";
import { channelCode, proxyBondCode } from "@cocoon/contracts";
import { nanotons } from "@cocoon/protocol";
import {
  deployRoot,
  readRoot,
  removeMeasurement,
  removeModel,
  setMeasurement,
  setModel,
  setParams,
} from "@cocoon/sdk";
import { devnetSuite, tons } from "./devnet-chain.ts";

devnetSuite("the root through the SDK", (chain) => {
  test("deployRoot() puts all lists there, and each change can be read back", async () => {
    const governance = await chain().wallet("governance", 10n);
    const params = {
      tcbEvaluationFloor: 17,
      channelCodeHash: channelCode.hash,
      proxyBondCodeHash: proxyBondCode.hash,
      bondMin: tons(1n),
    };
    const listing = {
      name: "cocoon-3m",
      contextTokens: 512,
      promptPerMillionMax: nanotons(7n),
      completionPerMillionMax: nanotons(9n),
    };
    const model = "ab".repeat(32);
    const image = "cd".repeat(32);
    const measurement = { teeType: 1, role: 2 };
    const { root, feeNanotons } = await deployRoot(governance, {
      salt: 1n,
      params,
      models: new Map([[model, listing]]),
      measurements: new Map([[image, measurement]]),
    });
    assert.ok(feeNanotons > 0n && feeNanotons < 10_000_000n);
    const first = await readRoot(chain().client, root);
    assert.equal(first.governance, governance.address);
    assert.equal(first.revision, 3);
    assert.deepEqual(first.params, params);
    assert.deepEqual([...first.models], [[model, listing]]);
    assert.deepEqual([...first.measurements], [[image, measurement]]);

    const other = "ef".repeat(32);
    await setParams(governance, root, { ...params, tcbEvaluationFloor: 18 });
    await setModel(governance, root, other, listing);
    await setMeasurement(governance, root, other, measurement);
    await removeModel(governance, root, model);
    await removeMeasurement(governance, root, image);
    const second = await readRoot(chain().client, root);
    assert.equal(second.revision, 8);
    assert.equal(second.params.tcbEvaluationFloor, 18);
    assert.deepEqual([...second.models.keys()], [other]);
    assert.deepEqual([...second.measurements.keys()], [other]);
    const unlisted = removeModel(governance, root, model);
    await assert.rejects(unlisted, { code: "transaction_failed" });
  });
});
