// Gateway, proxy and worker, each a process of its own, over the devnet of this process.

import { nanotons } from "@cocoon/protocol";
import type { GatewayConfig, NetworkConfig, ProxyConfig, WorkerConfig } from "@cocoon/services";
import { contextTokens, host, image, ton } from "../../tests/network/genesis.ts";
import { createNetwork, modelName } from "../../tests/network/harness.ts";
import { type ScriptChild, startScript } from "./processes.ts";
import type { RoleMessage } from "./role.ts";

export type RunningNetwork = {
  readonly model: string;
  readonly port: number;
  readonly roles: Readonly<Record<"gateway" | "proxy" | "worker", ScriptChild>>;
  readonly stop: () => Promise<void>;
};

const settle = { thresholdNanotons: nanotons(100n * ton), intervalMs: 60_000 };
const creditWindowNanotons = nanotons(ton / 10n);
const closeTimeoutSeconds = 3_600;

/** The settings of a network of strangers, but for anchors: they come once a minute here. */
export async function startNetwork(enginePort: number): Promise<RunningNetwork> {
  const network = await createNetwork();
  const [address] = network.config.proxies;
  if (address === undefined) throw new RangeError("no proxy");
  for (const name of ["worker", "gateway"]) {
    await network.devnet.faucet(network.wallet(name).address, 100n * ton);
  }
  const { home, manifestHash } = network;
  const proxy = await startRole({
    role: "proxy",
    config: proxyConfig(home, network.config, address.bond),
  });
  const config = { ...network.config, proxies: [{ ...address, via: { host, port: proxy.port } }] };
  const worker = await startRole({
    role: "worker",
    config: workerConfig(home, config, enginePort),
    manifestHash,
    image,
    contextTokens,
  });
  const gateway = await startRole({ role: "gateway", config: gatewayConfig(home, config) });
  return {
    model: modelName,
    port: gateway.port,
    roles: { gateway, proxy, worker },
    stop: async () => {
      for (const role of [gateway, worker, proxy]) await role.stop();
      await network.stop();
    },
  };
}

function startRole(message: RoleMessage): Promise<ScriptChild> {
  return startScript("role.ts", [], message);
}

function proxyConfig(home: string, network: NetworkConfig, bond: string): ProxyConfig {
  return {
    home: `${home}/proxy`,
    network,
    host,
    port: 0,
    bond,
    feeBps: 100,
    creditWindowNanotons,
    workerDepositNanotons: nanotons(5n * ton),
    closeTimeoutSeconds,
    checkpointMs: 500,
    anchorMs: 60_000,
    payMs: 250,
    settle,
  };
}

function workerConfig(home: string, network: NetworkConfig, enginePort: number): WorkerConfig {
  return {
    home: `${home}/worker`,
    network,
    model: modelName,
    engine: { kind: "http", baseUrl: `http://${host}:${enginePort}/v1`, backendModel: "mock" },
    price: { promptPerMillion: nanotons(ton / 20n), completionPerMillion: nanotons(ton / 5n) },
    slots: 128,
    tickMs: 10,
    creditWindowNanotons,
    settle,
  };
}

function gatewayConfig(home: string, network: NetworkConfig): GatewayConfig {
  return {
    home: `${home}/gateway`,
    network,
    host,
    port: 0,
    tier: "dev",
    depositNanotons: nanotons(10n * ton),
    closeTimeoutSeconds,
    bodyBytesMax: 1_048_576,
  };
}
