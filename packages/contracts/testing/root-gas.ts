// Runs each operation of the root once, with ten signatures and long lists, and notes what it costs.

import type { Outcome, TestChain } from "./chain.ts";
import { costOf, type OperationCost } from "./operation-cost.ts";
import {
  assertDone,
  deploy,
  genesis,
  governanceBy,
  hash,
  keysOf,
  listing,
  measurement,
  params,
  rootOn,
  type RootChain,
} from "./root-chain.ts";
import { modelNameBytesMax, type RootChange, type RootGenesis } from "../src/index.ts";

const keys = keysOf("governor", 10);
const governance = governanceBy(keys, 10, 0);
const { delaySeconds: _, ...auditors } = governanceBy(keysOf("auditor", 10), 10);
const longest = { ...listing, name: "n".repeat(modelNameBytesMax) };
const seeds = Array.from({ length: 16 }, (_entry, seed) => seed.toString(16).repeat(64));
const platformId = (seed: number): string => seed.toString(16).repeat(128);

/** All key sets are full, and each list has sixteen entries, so that it has about five levels. */
const crowded: RootGenesis = {
  ...genesis,
  governance,
  auditors,
  models: new Map(seeds.map((key) => [key, longest])),
  measurements: new Map(seeds.map((key) => [key, measurement])),
};

/** What an account takes up besides entries at most: all sets of keys are full, and none is that of the genesis. */
export async function deployFullRoot(chain: TestChain): Promise<RootChain> {
  const overrides = { ...crowded, models: new Map(), measurements: new Map() };
  const root = rootOn(chain, { overrides, signers: keys });
  assertDone(await deploy(chain, overrides));
  const { delaySeconds: _none, ...others } = governanceBy(keysOf("verdict", 10), 10);
  await root.enact({ kind: "setAuditors", auditors: others });
  await root.enact({ kind: "setParams", params: { ...params, tcbEvaluationFloor: 2 ** 32 - 1 } });
  const successors = governanceBy(keysOf("successor", 10), 10);
  await root.enact({ kind: "setGovernance", governance: successors });
  return root;
}

export async function rootCosts(chain: TestChain): Promise<Record<string, OperationCost>> {
  const deployed = costOf(await deploy(chain, crowded));
  const root = rootOn(chain, { overrides: crowded, signers: keys });
  for (let seed = 0; seed < 15; seed += 1) {
    costOf(await root.revoke({ kind: "banPlatform", platformId: platformId(seed) }));
    costOf(await root.propose({ kind: "setParams", params }));
  }
  const start = chain.blockchain.snapshot();
  const fresh = async (run: (root: RootChain) => Promise<Outcome>): Promise<OperationCost> => {
    await chain.blockchain.loadFrom(start);
    return costOf(await run(root));
  };
  const enact = (change: RootChange) =>
    fresh(async () => {
      const { sequence } = await root.state();
      costOf(await root.propose(change));
      return root.execute(sequence);
    });
  const [known = "", other = ""] = seeds;
  return {
    "root.deploy": deployed,
    "root.propose": await fresh(() => root.propose({ kind: "setGovernance", governance })),
    "root.executeSetModel": await enact({ kind: "setModel", manifestHash: hash(1), listing }),
    "root.executeRemoveModel": await enact({ kind: "removeModel", manifestHash: known }),
    "root.executeSetMeasurement": await enact({
      kind: "setMeasurement",
      imageHash: hash(1),
      measurement,
    }),
    "root.executeRemoveMeasurement": await enact({ kind: "removeMeasurement", imageHash: known }),
    "root.executeSetParams": await enact({ kind: "setParams", params }),
    "root.executeSetAuditors": await enact({ kind: "setAuditors", auditors }),
    "root.executeSetGovernance": await enact({ kind: "setGovernance", governance }),
    "root.executeLiftBan": await enact({ kind: "liftBan", platformId: platformId(1) }),
    "root.cancel": await fresh(async () => {
      const [pending] = (await root.state()).pending;
      return root.cancel(pending?.id ?? 0);
    }),
    "root.revokeModel": await fresh(() =>
      root.revoke({ kind: "removeModel", manifestHash: other }),
    ),
    "root.revokeMeasurement": await fresh(() =>
      root.revoke({ kind: "removeMeasurement", imageHash: other }),
    ),
    "root.banPlatform": await fresh(() =>
      root.revoke({ kind: "banPlatform", platformId: "ab".repeat(64) }),
    ),
    "root.raiseFloor": await fresh(() =>
      root.revoke({ kind: "raiseFloor", tcbEvaluationFloor: 2 ** 32 - 1 }),
    ),
  };
}
