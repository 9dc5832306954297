// What stands on chain before a test network's first role: a root contract and one bonded proxy.

import { channelCode, proxyBondCode, workerBondCode } from "@cocoon/contracts";
import {
  type Devnet,
  simulatedEvaluationNumber,
  simulatedImageHash,
  simulatedTeeType,
} from "@cocoon/devnet";
import { createSigningKey, nanotons, primitives, roleByte, toHex, utf8 } from "@cocoon/protocol";
import {
  type ChainClient,
  createWallet,
  deployRoot,
  registerProxyBond,
  type Wallet,
} from "@cocoon/sdk";
import { loadSeeds, type NetworkConfig, type ProxyAddress } from "@cocoon/services";
import { join } from "node:path";
import { modelName } from "./model-name.ts";

export const host = "127.0.0.1";
export const ton = 1_000_000_000n;
export const contextTokens = 512;
/** The measurement that the workers' simulated TEE reports: that of cocoon worker on a devnet. */
export const image = "cocoon-worker";

/** The one key of governance, and how long what it decides waits. */
export const council = createSigningKey(primitives.sha256(utf8("council")));
export const councilDelaySeconds = 2;

type Ground = {
  readonly home: string;
  readonly devnet: Devnet;
  readonly chain: ChainClient;
  readonly manifestHash: string;
};

/** Deploys the root with the model and the image, and bonds a proxy. */
export async function deploy({
  home,
  devnet,
  chain,
  manifestHash,
}: Ground): Promise<NetworkConfig> {
  const governance = walletOf(home, chain, "governance");
  await devnet.faucet(governance.address, 1_000n * ton);
  const { root } = await deployRoot(governance, {
    salt: 1n,
    governance: {
      keys: [toHex(council.publicKey)],
      threshold: 1,
      delaySeconds: councilDelaySeconds,
    },
    params: {
      tcbEvaluationFloor: simulatedEvaluationNumber,
      bondMin: nanotons(10n * ton),
      workerBondMin: nanotons(0n),
      channelCodeHash: channelCode.hash,
      proxyBondCodeHash: proxyBondCode.hash,
      workerBondCodeHash: workerBondCode.hash,
    },
    models: new Map([
      [
        manifestHash,
        {
          name: modelName,
          contextTokens,
          promptPerMillionMax: nanotons(ton),
          completionPerMillionMax: nanotons(ton),
        },
      ],
    ]),
    measurements: new Map([
      [
        simulatedImageHash(image),
        { teeType: simulatedTeeType, role: roleByte("worker"), evaluationMin: 0 },
      ],
    ]),
  });
  const proxies = [await bondProxy({ home, devnet, chain }, "proxy")];
  return { networkId: devnet.networkId, endpoints: [devnet.url], root, proxies };
}

/** Bonds the proxy of this name. Its real port is known when it listens. */
export async function bondProxy(
  { home, devnet, chain }: Omit<Ground, "manifestHash">,
  name: string,
): Promise<ProxyAddress> {
  const wallet = walletOf(home, chain, name);
  await devnet.faucet(wallet.address, 1_000n * ton);
  const logKey = logKeyOf(home, devnet.networkId, name);
  const { proxyBond } = await registerProxyBond(wallet, {
    salt: 1n,
    bond: nanotons(10n * ton),
    anchorBudget: nanotons(5n * ton),
    terms: { url: `${host}:1`, logKey, feeBps: 100, closeDelaySeconds: 172_800 },
  });
  return { bond: proxyBond, via: { host, port: 0 } };
}

/** The key of a proxy's log. */
export function logKeyOf(home: string, networkId: number, name = "proxy"): Uint8Array {
  const path = join(home, name, "keys.json");
  const { log } = loadSeeds(path, ["wallet", "log", "session"], { networkId });
  return createSigningKey(log).publicKey;
}

/** The wallet of a role, or of governance, in a home. */
export function walletOf(home: string, chain: ChainClient, role: string): Wallet {
  const { wallet } = loadSeeds(
    join(home, role, "keys.json"),
    role.startsWith("proxy") ? ["wallet", "log", "session"] : ["wallet", "session"],
    { networkId: chain.networkId },
  );
  return createWallet({ client: chain, seed: wallet });
}
