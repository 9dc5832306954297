// Genesis of a local network: wallets funded, contracts deployed, the proxy bonded. Each step looks at the chain first
// and does what is missing, so that it can be repeated after a crash at any moment and does nothing at a later start.

import { CocoonError, equalBytes, nanotons } from "@cocoon/protocol";
import {
  deployRoot,
  enactChanges,
  fundAnchors,
  fundFromFaucet,
  readProxyBond,
  readRoot,
  registerProxyBond,
  type RootChange,
  type RootState,
  updateProxyBond,
} from "@cocoon/sdk";
import { tinyModel } from "./model.ts";
import { type NetworkPlan, walletAddressOf } from "./plan.ts";
import { feeBps } from "./role-configs.ts";
import { bond, genesisSalt, listing, measurement, params } from "./rules.ts";
import { simulatedWorkerImage } from "./simulated-trust.ts";

export type GenesisStep = "wallets funded" | "contracts deployed" | "proxy bonded";

const ton = 1_000_000_000n;
/** An anchor costs 0.00066 TON: this is enough for 7,500, hours of continuous load. */
const anchorBudget = nanotons(5n * ton);
const closeDelaySeconds = 172_800;

/** What each wallet starts with. One that holds less than half of it is filled up again. */
const endowments: readonly (readonly [string, bigint])[] = [
  ["governance", 100n * ton],
  ["proxy", 1_000n * ton],
  ["worker-1", 10n * ton],
  ["worker-2", 10n * ton],
  ["gateway", 1_000n * ton],
];

/** Brings the chain to where the plan wants it. Throws chain_*, transaction_failed and wallet_insufficient. */
export async function runGenesis(
  plan: NetworkPlan,
  onStep: (step: GenesisStep) => void,
): Promise<void> {
  await Promise.all(endowments.map(([name, amount]) => fund(plan, name, amount)));
  onStep("wallets funded");
  const deployed = deployContracts(plan).then(() => onStep("contracts deployed"));
  const bonded = bondProxy(plan).then(() => onStep("proxy bonded"));
  // Both come to their end before a failure of either is told: nothing goes on behind the caller's back.
  for (const outcome of await Promise.allSettled([deployed, bonded])) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

async function fund(plan: NetworkPlan, name: string, amount: bigint): Promise<void> {
  const address = walletAddressOf(plan, name);
  const { balance } = await plan.chain.account(address);
  const [endpoint = ""] = plan.network.endpoints;
  if (balance >= amount / 2n) return;
  await fundFromFaucet(endpoint, address, nanotons(amount - balance));
}

async function deployContracts(plan: NetworkPlan): Promise<void> {
  const { chain, genesis, governance, governanceKey, network } = plan;
  const { root } = network;
  await ensure(
    async () => (await chain.account(root)).status === "active",
    () => deployRoot(governance, genesis),
  );
  const corrections = async (): Promise<readonly RootChange[]> =>
    correctionsOf(await readRoot(chain, root), network.model.manifestHash);
  await ensure(
    async () => (await corrections()).length === 0,
    async () => enactChanges(governance, root, await corrections(), { signers: [governanceKey] }),
  );
}

/** Another release of the project may have other contracts, weights or images than the chain was made with. */
function correctionsOf(state: RootState, manifestHash: string): readonly RootChange[] {
  const changes: RootChange[] = [];
  const imageHash = simulatedWorkerImage;
  if (!isSame(state.params, params)) changes.push({ kind: "setParams", params });
  if (!isSame(state.models.get(manifestHash), listing)) {
    changes.push({ kind: "setModel", manifestHash, listing });
  }
  if (!isSame(state.measurements.get(imageHash), measurement)) {
    changes.push({ kind: "setMeasurement", imageHash, measurement });
  }
  for (const [hash, { name }] of state.models) {
    if (name === tinyModel.name && hash !== manifestHash) {
      changes.push({ kind: "removeModel", manifestHash: hash });
    }
  }
  return changes;
}

async function bondProxy(plan: NetworkPlan): Promise<void> {
  const { chain, host, logKey, ports, proxyBond, proxyWallet } = plan;
  const url = `${host}:${ports.proxy}`;
  const isBonded = async (): Promise<boolean> =>
    (await readProxyBond(chain, proxyBond))?.phase === "bonded";
  await ensure(isBonded, () =>
    registerProxyBond(proxyWallet, {
      salt: genesisSalt,
      bond,
      anchorBudget,
      terms: { url, logKey, feeBps, closeDelaySeconds },
    }),
  );
  const state = await readProxyBond(chain, proxyBond);
  if (state?.phase !== "bonded") throw new CocoonError("internal", { reason: "no bond" });
  const isCurrent =
    state.url === url && state.feeBps === feeBps && equalBytes(state.logKey, logKey);
  if (!isCurrent) await updateProxyBond(proxyWallet, proxyBond, { url, feeBps, logKey });
  const { balance } = await chain.account(proxyBond);
  const budget = balance - state.bond;
  if (budget < anchorBudget / 2n) {
    await fundAnchors(proxyWallet, proxyBond, nanotons(anchorBudget - budget));
  }
}

/** Acts where the check says that it is needed. What a process before this one had sent may come first: then all is well too. */
async function ensure(check: () => Promise<boolean>, act: () => Promise<unknown>): Promise<void> {
  if (await check()) return;
  try {
    await act();
  } catch (error) {
    if (!(error instanceof CocoonError) || !(await check())) throw error;
  }
}

/** Whether two flat records say the same. */
function isSame<Fields extends object>(left: Fields | undefined, right: Fields): boolean {
  if (left === undefined) return false;
  const wanted = new Map<string, unknown>(Object.entries(right));
  return Object.entries(left).every(([name, value]) => wanted.get(name) === value);
}
