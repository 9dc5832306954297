import { type Devnet, startDevnet } from "@cocoon/devnet";
import { CocoonError, JsonReader, nanotons } from "@cocoon/protocol";
import {
  type Clock,
  readProxyBond,
  readRoot,
  systemClock,
  withdrawProxySurplus,
} from "@cocoon/sdk";
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { temporaryHome } from "../../testing/home.ts";
import { openMortalLink } from "../../testing/mortal-link.ts";
import { freePortBase } from "../../testing/ports.ts";
import { type GenesisStep, runGenesis } from "./genesis.ts";
import { type NetworkPlan, planNetwork } from "./plan.ts";

const ton = 1_000_000_000n;

type Ground = { readonly home: string; readonly portBase: number; readonly devnet: Devnet };

/** An empty chain where the plan looks for it. */
async function startChain(context: TestContext): Promise<Ground> {
  const home = temporaryHome(context);
  const portBase = await freePortBase();
  const devnet = await startDevnet({ port: portBase + 20, blockMs: 20 });
  context.after(() => devnet.stop());
  return { home, portBase, devnet };
}

async function genesis(plan: NetworkPlan): Promise<GenesisStep[]> {
  const steps: GenesisStep[] = [];
  await runGenesis(plan, (step) => steps.push(step));
  return steps;
}

/** Transactions on the chain so far. */
async function transactionsOf(devnet: Devnet): Promise<number> {
  const response = await fetch(new URL("/devnet", devnet.url));
  const status = new JsonReader(await response.json(), "internal").object("result");
  return status.uint("transactions");
}

test("planNetwork() computes the same network from the same home, and another one elsewhere", async (context) => {
  const home = temporaryHome(context);
  const plan = await planNetwork({ home, portBase: 10_000 });
  assert.deepEqual((await planNetwork({ home, portBase: 10_000 })).network, plan.network);
  const other = await planNetwork({ home: temporaryHome(context), portBase: 10_000 });
  assert.notEqual(other.network.root, plan.network.root);
  assert.equal(other.network.model.manifestHash, plan.network.model.manifestHash);
});

test("runGenesis() funds wallets, deploys the contracts and bonds the proxy, and does nothing the second time", async (context) => {
  const ground = await startChain(context);
  const plan = await planNetwork(ground);
  const steps = await genesis(plan);
  assert.equal(steps[0], "wallets funded");
  assert.deepEqual(steps.toSorted(), ["contracts deployed", "proxy bonded", "wallets funded"]);
  await assertComplete(plan);
  const before = await transactionsOf(ground.devnet);
  await genesis(await planNetwork(ground));
  assert.equal(await transactionsOf(ground.devnet), before);
});

/** A process that never comes back from waiting. */
const dyingClock: Clock = {
  nowMs: systemClock.nowMs,
  wait: () => Promise.reject(new CocoonError("cancelled")),
};

test("runGenesis() goes on after a crash at any request, and does nothing twice", async (context) => {
  const home = temporaryHome(context);
  const portBase = await freePortBase();
  const devnet = await startDevnet({ port: 0, blockMs: 20 });
  context.after(() => devnet.stop());
  const link = await openMortalLink(portBase + 20, devnet.url);
  context.after(() => link.close());
  let crashes = 0;
  for (;;) {
    link.revive(crashes + 1);
    const plan = await planNetwork({ home, portBase, clock: dyingClock });
    try {
      await genesis(plan);
      break;
    } catch (error) {
      const isDeath = error instanceof CocoonError && deaths.has(error.code);
      assert.ok(isDeath, String(error));
      crashes += 1;
    }
  }
  assert.ok(crashes >= 10, `${crashes} crashes`);
  link.revive(Infinity);
  await assertComplete(await planNetwork({ home, portBase }));
});

const deaths: ReadonlySet<string> = new Set(["cancelled", "chain_unavailable"]);

test("runGenesis() goes on after a crash between two steps", async (context) => {
  const ground = await startChain(context);
  for (const last of ["wallets funded", "contracts deployed", "proxy bonded"]) {
    const crashing = runGenesis(await planNetwork(ground), (step) => {
      if (step === last) throw new CocoonError("cancelled");
    });
    await assert.rejects(crashing, { code: "cancelled" });
  }
  const plan = await planNetwork(ground);
  await genesis(plan);
  await assertComplete(plan);
});

/** One genesis and one bond, however often it was tried. */
async function assertComplete({ chain, network, proxyBond }: NetworkPlan): Promise<void> {
  const root = await readRoot(chain, network.root);
  assert.equal(root.revision, 0);
  assert.equal(root.sequence, 0);
  assert.deepEqual([...root.models.keys()], [network.model.manifestHash]);
  assert.equal(root.measurements.size, 1);
  const bond = await readProxyBond(chain, proxyBond);
  assert.equal(bond?.phase, "bonded");
  assert.equal(bond?.bond, 10n * ton);
  for (const { address, name } of network.wallets) {
    const { balance } = await chain.account(address);
    assert.ok(balance > 9n * ton && balance <= 1_000n * ton, `${name} has ${balance}`);
  }
}

test("runGenesis() follows a change of ports, of the model, and of what is left for anchors", async (context) => {
  const ground = await startChain(context);
  const plan = await planNetwork(ground);
  await genesis(plan);
  const manifestHash = "ab".repeat(32);
  const changed: NetworkPlan = {
    ...plan,
    ports: { ...plan.ports, proxy: 4_711 },
    network: { ...plan.network, model: { ...plan.network.model, manifestHash } },
  };
  await withdrawProxySurplus(plan.proxyWallet, plan.proxyBond);
  await genesis(changed);
  const bond = await readProxyBond(plan.chain, plan.proxyBond);
  assert.ok(bond?.phase === "bonded");
  assert.equal(bond.url, "127.0.0.1:4711");
  const { balance } = await plan.chain.account(plan.proxyBond);
  assert.ok(balance > 14n * ton, `${balance} with the bond`);
  const root = await readRoot(plan.chain, plan.network.root);
  assert.deepEqual([...root.models.keys()], [manifestHash]);
  assert.equal(root.models.get(manifestHash)?.completionPerMillionMax, nanotons(ton));
});

test("runGenesis() tells when the chain is away", async (context) => {
  const home = temporaryHome(context);
  const plan = await planNetwork({ home, portBase: await freePortBase() });
  await assert.rejects(genesis(plan), { code: "chain_unavailable" });
});
