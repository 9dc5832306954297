// How the roles of a local network are set. Amounts are of a coin that is worth nothing.

import { nanotons } from "@cocoon/protocol";
import {
  checkpointMsDefault,
  type GatewayConfig,
  type ProxyConfig,
  type WorkerConfig,
  writeConfigFile,
} from "@cocoon/services";
import { configPath, rolePath, type workerNames } from "../home.ts";
import { tinyModel } from "./model.ts";
import type { NetworkPlan } from "./plan.ts";

const ton = 1_000_000_000n;

/** Parts of ten thousand that the proxy adds. */
export const feeBps = 100;
const closeTimeoutSeconds = 3_600;
/** The dearest answer of the model costs 0.0001 TON: a hundred of them may be on the way before a voucher comes. */
const creditWindowNanotons = nanotons(ton / 100n);
/** Settling costs about 0.0006 TON, so it waits for what makes that small. */
const settle = { thresholdNanotons: nanotons(ton / 20n), intervalMs: 30_000 };
const price = { promptPerMillion: nanotons(ton / 20n), completionPerMillion: nanotons(ton / 5n) };

export type DevnetConfig = {
  readonly home: string;
  readonly port: number;
  /** How long after its first transaction a block is sealed. */
  readonly blockMs: number;
};

/** Writes what each role is started with. */
export function writeRoleConfigs(plan: NetworkPlan): void {
  const { home } = plan;
  writeConfigFile(configPath(home, "devnet"), devnetConfig(plan));
  writeConfigFile(configPath(home, "proxy"), proxyConfig(plan));
  writeConfigFile(configPath(home, "worker-1"), workerConfig(plan, "worker-1"));
  writeConfigFile(configPath(home, "worker-2"), workerConfig(plan, "worker-2"));
  writeConfigFile(configPath(home, "gateway"), gatewayConfig(plan));
}

function devnetConfig({ home, ports }: NetworkPlan): DevnetConfig {
  return { home: rolePath(home, "devnet"), port: ports.devnet, blockMs: 250 };
}

function proxyConfig({ home, host, network, ports, proxyBond }: NetworkPlan): ProxyConfig {
  return {
    home: rolePath(home, "proxy"),
    network,
    host,
    port: ports.proxy,
    logPort: ports.log,
    bond: proxyBond,
    feeBps,
    creditWindowNanotons,
    workerDepositNanotons: nanotons(5n * ton),
    closeTimeoutSeconds,
    checkpointMs: checkpointMsDefault,
    anchorMs: 2_000,
    payMs: 250,
    settle,
  };
}

function workerConfig(
  { home, modelPath, network }: NetworkPlan,
  name: (typeof workerNames)[number],
): WorkerConfig {
  return {
    home: rolePath(home, name),
    network,
    model: tinyModel.name,
    engine: { kind: "llama", modelPath },
    price,
    slots: 8,
    tickMs: 40,
    creditWindowNanotons,
    settle,
    api: { port: 0, origins: [] },
  };
}

function gatewayConfig({ home, host, network, ports }: NetworkPlan): GatewayConfig {
  return {
    home: rolePath(home, "gateway"),
    network,
    host,
    port: ports.gateway,
    tier: "dev",
    depositNanotons: nanotons(10n * ton),
    budgetNanotons: nanotons(100n * ton),
    closeTimeoutSeconds,
    bodyBytesMax: 10_000_000,
  };
}
