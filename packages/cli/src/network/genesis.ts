// Genesis of a local network: wallets funded, contracts deployed, the proxy bonded. Each step looks at the chain first
// and does what is missing, so that it can be repeated after a crash at any moment and does nothing at a later start.

import { channelCode, proxyBondCode } from "@cocoon/contracts";
import { simulatedEvaluationNumber, simulatedTeeType } from "@cocoon/devnet";
import { CocoonError, equalBytes, type Nanotons, nanotons, roleByte } from "@cocoon/protocol";
import {
  deployRoot,
  fundAnchors,
  type Measurement,
  type ModelListing,
  type NetworkParams,
  readProxyBond,
  readRoot,
  registerProxyBond,
  removeModel,
  type RootState,
  setMeasurement,
  setModel,
  setParams,
  updateProxyBond,
} from "@cocoon/sdk";
import { mint } from "./faucet.ts";
import { tinyModel } from "./model.ts";
import { genesisSalt, type NetworkPlan, walletAddressOf } from "./plan.ts";
import { feeBps } from "./role-configs.ts";
import { simulatedWorkerImage } from "./trust.ts";

export type GenesisStep = "wallets funded" | "contracts deployed" | "proxy bonded";

const ton = 1_000_000_000n;
/** What the proxy puts at stake. */
export const bond: Nanotons = nanotons(10n * ton);
/** An anchor costs 0.00066 TON: this is enough for 7,500, hours of continuous load. */
const anchorBudget = nanotons(5n * ton);
const closeDelaySeconds = 86_400;

/** What each wallet starts with. One that holds less than half of it is filled up again. */
const endowments: readonly (readonly [string, bigint])[] = [
  ["governance", 100n * ton],
  ["proxy", 1_000n * ton],
  ["worker-1", 10n * ton],
  ["worker-2", 10n * ton],
  ["gateway", 1_000n * ton],
];

const params: NetworkParams = {
  tcbEvaluationFloor: simulatedEvaluationNumber,
  channelCodeHash: channelCode.hash,
  proxyBondCodeHash: proxyBondCode.hash,
  bondMin: bond,
};
const listing: ModelListing = {
  name: tinyModel.name,
  contextTokens: tinyModel.contextTokens,
  promptPerMillionMax: nanotons(ton),
  completionPerMillionMax: nanotons(ton),
};
const measurement: Measurement = { teeType: simulatedTeeType, role: roleByte("worker") };

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
  if (balance < amount / 2n) await mint(endpoint, address, amount - balance);
}

async function deployContracts(plan: NetworkPlan): Promise<void> {
  const { chain, governance, network } = plan;
  const { root } = network;
  const { manifestHash } = network.model;
  await ensure(
    async () => (await chain.account(root)).status === "active",
    () =>
      deployRoot(governance, {
        salt: genesisSalt,
        params,
        models: new Map([[manifestHash, listing]]),
        measurements: new Map([[simulatedWorkerImage, measurement]]),
      }),
  );
  await correctRoot(plan, await readRoot(chain, root));
}

/** Another release of the project may have other contracts, weights or images than the chain was made with. */
async function correctRoot(plan: NetworkPlan, state: RootState): Promise<void> {
  const { governance, network } = plan;
  const { root } = network;
  const { manifestHash } = network.model;
  if (!isSame(state.params, params)) await setParams(governance, root, params);
  if (!isSame(state.models.get(manifestHash), listing)) {
    await setModel(governance, root, manifestHash, listing);
  }
  if (!isSame(state.measurements.get(simulatedWorkerImage), measurement)) {
    await setMeasurement(governance, root, simulatedWorkerImage, measurement);
  }
  for (const [hash, { name }] of state.models) {
    if (name === tinyModel.name && hash !== manifestHash) await removeModel(governance, root, hash);
  }
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
