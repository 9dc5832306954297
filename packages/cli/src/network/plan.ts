// All that a local network will be, before any of it exists: addresses follow from keys, so genesis can be repeated
// after a crash at any moment, and roles can be configured while the chain is still being set up.

import { proxyBondAddress, rootAddress, type RootGenesis } from "@cocoon/contracts";
import {
  CocoonError,
  createSigningKey,
  networkIds,
  type RawAddress,
  type SigningKey,
} from "@cocoon/protocol";
import {
  type ChainClient,
  type Clock,
  createChainClient,
  createWallet,
  type Wallet,
} from "@cocoon/sdk";
import { environment, loadSeeds } from "@cocoon/services";
import { keysPath, type RoleName } from "../home.ts";
import { describeLlamaModel, tinyModel, tinyModelPath } from "./model.ts";
import type { LocalNetwork } from "./network-file.ts";
import { genesisOf, genesisSalt } from "./rules.ts";

export type NetworkPlan = {
  readonly home: string;
  readonly host: string;
  readonly ports: Readonly<Record<"gateway" | "proxy" | "log" | "devnet" | "page", number>>;
  /** What network.json says. */
  readonly network: LocalNetwork;
  readonly proxyBond: RawAddress;
  readonly modelPath: string;
  /** Public key of the proxy's log, 32 bytes. */
  readonly logKey: Uint8Array;
  /** Nothing is sent before the chain is up. */
  readonly chain: ChainClient;
  readonly genesis: RootGenesis;
  /** Decides what the root says. */
  readonly governanceKey: SigningKey;
  /** Pays for it. */
  readonly governance: Wallet;
  readonly proxyWallet: Wallet;
};

export type PlanOptions = {
  readonly home: string;
  /** Gateway here, proxy 10 above, its log 11 above, devnet 20 above, page 30 above. */
  readonly portBase: number;
  /** Default: the system's. */
  readonly clock?: Clock;
};

const host = "127.0.0.1";
const requestTimeoutMs = 10_000;
/** The devnet is on this machine: asking often costs little and saves waiting. */
const pollMs = 50;

/** Loads the keys, or makes them at the first start, and computes what follows from them. */
export async function planNetwork({ home, portBase, clock }: PlanOptions): Promise<NetworkPlan> {
  const ports = portsOf(portBase);
  const endpoints = [`http://${host}:${ports.devnet}/api/v2/jsonRPC`];
  const networkId = networkIds.devnet;
  const chain = createChainClient({
    endpoints,
    networkId,
    requestTimeoutMs,
    pollMs,
    ...(clock !== undefined && { clock }),
  });
  const holders = openHolders(home, chain);
  const { governance, governanceKey, proxy, logKey } = holders;
  const proxyBond = proxyBondAddress({ owner: proxy.address, salt: genesisSalt });
  const modelPath = tinyModelPath();
  const { manifestHash } = await describeLlamaModel({ ...tinyModel, path: modelPath });
  const genesis = genesisOf(home, governanceKey, manifestHash);
  const network = {
    networkId,
    endpoints,
    root: rootAddress(genesis),
    proxies: [{ bond: proxyBond }],
    portBase,
    model: { name: tinyModel.name, manifestHash },
    wallets: holders.wallets,
  };
  return {
    home,
    host,
    ports,
    network,
    proxyBond,
    modelPath,
    logKey,
    chain,
    genesis,
    governanceKey,
    governance,
    proxyWallet: proxy,
  };
}

export function portsOf(portBase: number): NetworkPlan["ports"] {
  return {
    gateway: portBase,
    proxy: portBase + 10,
    log: portBase + 11,
    devnet: portBase + 20,
    page: portBase + 30,
  };
}

/** A wallet of the network, by the name of who holds it. */
export function walletAddressOf({ network }: NetworkPlan, name: string): RawAddress {
  const wallet = network.wallets.find((candidate) => candidate.name === name);
  if (wallet === undefined) throw new CocoonError("internal", { name });
  return wallet.address;
}

type Holders = {
  readonly governance: Wallet;
  readonly governanceKey: SigningKey;
  readonly proxy: Wallet;
  readonly logKey: Uint8Array;
  readonly wallets: LocalNetwork["wallets"];
};

/** Everyone's keys, under the names by which the roles will look for them. */
function openHolders(home: string, chain: ChainClient): Holders {
  const protection = { networkId: chain.networkId, passphrase: environment().passphrase };
  const seedsOf = <const Name extends string>(
    role: RoleName | "governance",
    names: readonly Name[],
  ): Readonly<Record<Name, Uint8Array>> => loadSeeds(keysPath(home, role), names, protection);
  const walletOf = ({ wallet }: { readonly wallet: Uint8Array }): Wallet =>
    createWallet({ client: chain, seed: wallet });
  const proxySeeds = seedsOf("proxy", ["wallet", "log", "session"]);
  const governanceSeeds = seedsOf("governance", ["wallet", "council"]);
  const wallets = {
    governance: walletOf(governanceSeeds),
    proxy: walletOf(proxySeeds),
    "worker-1": walletOf(seedsOf("worker-1", ["wallet"])),
    "worker-2": walletOf(seedsOf("worker-2", ["wallet"])),
    gateway: walletOf(seedsOf("gateway", ["wallet", "session"])),
  };
  return {
    governance: wallets.governance,
    governanceKey: createSigningKey(governanceSeeds.council),
    proxy: wallets.proxy,
    logKey: createSigningKey(proxySeeds.log).publicKey,
    wallets: Object.entries(wallets).map(([name, { address }]) => {
      return { name, address };
    }),
  };
}
