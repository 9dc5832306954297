// From nothing to a gateway that answers.

import { CocoonError, formatTon, type MarketWorker } from "@cocoon/protocol";
import { GatewayClient } from "../gateway/client.ts";
import { workerNames } from "../home.ts";
import type { RoleSet } from "../supervisor/role-set.ts";
import { shorten } from "../terminal.ts";
import { poll, unlessAborted } from "../waiting.ts";
import { type GenesisStep, runGenesis } from "./genesis.ts";
import { gatewayUrlOf } from "./network-file.ts";
import type { NetworkPlan } from "./plan.ts";
import { feeBps } from "./role-configs.ts";
import { bond } from "./rules.ts";
import type { Steps } from "./steps.ts";

export type BringUp = {
  readonly plan: NetworkPlan;
  /** Forked, not started. */
  readonly roles: RoleSet;
  readonly steps: Steps;
  readonly signal: AbortSignal;
};

/** A large model may take this long to load, and a busy machine to do anything. */
const roleTimeoutMs = 300_000;
/** Opening a channel takes two blocks. */
const readyTimeoutMs = 180_000;
const everyMs = 50;

/** Starts the roles in order, with genesis in between. Throws what any of it failed for. */
export async function bringUp(parts: BringUp): Promise<GatewayClient> {
  const { plan, roles, signal, steps } = parts;
  const beganMs = steps.nowMs;
  const { url, networkId, transactionCount } = await up(parts, "devnet");
  const restored =
    Number(transactionCount) > 0 ? `, ${transactionCount} transactions restored` : "";
  steps.done("chain up", beganMs, `devnet ${networkId} at ${url}${restored}`);
  const genesisMs = steps.nowMs;
  await runGenesis(plan, (step) => steps.done(step, genesisMs, detailOf(step, plan)));
  const startMs = steps.nowMs;
  await up(parts, "proxy");
  const gateway = roles.start("gateway");
  const names = await startWorkers(parts);
  await bounded(gateway, parts, "gateway");
  const client = new GatewayClient(gatewayUrlOf(plan.network), signal);
  const ready = poll(async () => ((await client.isReady()) ? true : undefined), {
    everyMs,
    timeoutMs: readyTimeoutMs,
    what: "the gateway's session with the proxy",
    signal,
  });
  await ready;
  await seeWorkers(parts, { client, names, startMs });
  steps.done("gateway ready", startMs, `${gatewayUrlOf(plan.network)}/v1`);
  return client;
}

function detailOf(step: GenesisStep, { network, ports, host }: NetworkPlan): string {
  switch (step) {
    case "wallets funded":
      return `${network.wallets.length} wallets, from the devnet's faucet`;
    case "contracts deployed":
      return `root ${shorten(network.root)}`;
    case "proxy bonded":
      return `${formatTon(bond)} TON at stake, fee ${feeBps / 100} %, at ${host}:${ports.proxy}`;
  }
}

/** Starts the workers at once. Returns their names by worker id. */
async function startWorkers(parts: BringUp): Promise<ReadonlyMap<string, string>> {
  const starting = workerNames.map(async (name) => {
    const { workerId } = await up(parts, name);
    return [String(workerId), name] as const;
  });
  return new Map(await Promise.all(starting));
}

type Joining = {
  readonly client: GatewayClient;
  readonly names: ReadonlyMap<string, string>;
  readonly startMs: number;
};

/** Prints each worker once the proxy offers it, and returns when all are offered. */
async function seeWorkers({ plan, signal, steps }: BringUp, joining: Joining): Promise<void> {
  const { client, names, startMs } = joining;
  const seen = new Set<string>();
  const look = async (): Promise<true | undefined> => {
    const { workers } = await client.status();
    for (const worker of workers) {
      const name = names.get(worker.worker);
      if (name === undefined || seen.has(name)) continue;
      seen.add(name);
      steps.done("worker joined", startMs, `${name}: ${describe(worker, plan)}`);
    }
    return seen.size === names.size ? true : undefined;
  };
  await poll(look, { everyMs, timeoutMs: readyTimeoutMs, what: "both workers", signal });
}

function describe(listing: MarketWorker, { network }: NetworkPlan): string {
  const { completionPerMillion, promptPerMillion, tier, worker } = listing;
  const prices = `${formatTon(promptPerMillion)} / ${formatTon(completionPerMillion)} TON`;
  return `${shorten(worker)}, tier ${tier}, ${network.model.name}, ${prices} per million prompt / answer tokens`;
}

function up(parts: BringUp, name: Parameters<RoleSet["start"]>[0]): ReturnType<RoleSet["start"]> {
  return bounded(parts.roles.start(name), parts, name);
}

async function bounded<Value>(
  starting: Promise<Value>,
  { signal }: BringUp,
  role: string,
): Promise<Value> {
  const timeout = AbortSignal.timeout(roleTimeoutMs);
  try {
    return await unlessAborted(starting, AbortSignal.any([signal, timeout]));
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error;
    throw new CocoonError("peer_timeout", { role, timeoutMs: roleTimeoutMs });
  }
}
