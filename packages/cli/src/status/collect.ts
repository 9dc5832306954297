// What can be told of a local network now. What does not answer is undefined, and all the rest is told all the same.

import {
  CocoonError,
  type MarketWorker,
  type Nanotons,
  type ProxyStatus,
  type RawAddress,
} from "@cocoon/protocol";
import {
  type ChainClient,
  createChainClient,
  type ProofStanding,
  type PendingChange,
  type ProxyBondState,
  readChannel,
  readProxyBond,
  readRoot,
} from "@cocoon/sdk";
import { GatewayClient } from "../gateway/client.ts";
import { openGatewayDatabase } from "../gateway/database.ts";
import { gatewayUrlOf, type LocalNetwork } from "../network/network-file.ts";

export type ProxySummary = {
  readonly bond: RawAddress;
  /** Where its bond says that it is reached. */
  readonly endpoint: string | undefined;
  readonly phase: ProxyBondState["phase"] | undefined;
  /** While it unbonds: from when its owner may take the bond. */
  readonly withdrawableAtSeconds: number | undefined;
  /** What it was slashed for. */
  readonly fault: string | undefined;
  /** By the chain: what is at stake, and how much of the log stands there. */
  readonly bondNanotons: Nanotons | undefined;
  readonly anchoredSize: number | undefined;
  /** What is left to pay for anchors, and what keeps the contract alive. */
  readonly budgetNanotons: bigint | undefined;
  /** By the proxy itself. */
  readonly logSize: number | undefined;
  readonly feeBps: number | undefined;
};

export type ChannelSummary = {
  readonly address: RawAddress;
  readonly phase: string;
  readonly depositNanotons: Nanotons;
  readonly spentNanotons: Nanotons;
  /** What the proxy holds a voucher for; undefined while the gateway is down or uses another channel. */
  readonly voucheredNanotons: Nanotons | undefined;
  /** What the proxy took on chain. */
  readonly claimedNanotons: Nanotons | undefined;
  /** By the chain, while it is closing without the proxy: when the rest is free. */
  readonly closesAtSeconds: number | undefined;
};

export type NetworkSummary = {
  /** When all of this was asked, Unix milliseconds. */
  readonly askedAtMs: number;
  readonly networkId: number;
  readonly root: RawAddress;
  /** How many changes of the root were made, and which come next; undefined while the chain does not answer. */
  readonly revision: number | undefined;
  readonly pending: readonly PendingChange[] | undefined;
  readonly endpoint: string;
  /** What is said of contracts here rests on: proofs, or the endpoint's word. */
  readonly proofs: ProofStanding;
  /** Newest block; undefined while the chain does not answer. */
  readonly seqno: number | undefined;
  readonly gateway: { readonly url: string; readonly isUp: boolean };
  readonly proxies: readonly ProxySummary[];
  /** Undefined while the gateway or the proxy does not answer. */
  readonly workers: readonly MarketWorker[] | undefined;
  readonly channels: readonly ChannelSummary[];
  readonly balances: readonly {
    readonly name: string;
    readonly address: RawAddress;
    readonly balanceNanotons: Nanotons | undefined;
  }[];
};

const requestTimeoutMs = 15_000;

export async function collectStatus(home: string, network: LocalNetwork): Promise<NetworkSummary> {
  const { endpoints, networkId, proofEndpoints = [], root } = network;
  const chain = createChainClient({ endpoints, networkId, proofEndpoints, requestTimeoutMs });
  const gateway = new GatewayClient(gatewayUrlOf(network));
  const [seqno, isUp] = await Promise.all([
    known(chain.masterchain().then((block) => block.seqno)),
    gateway.isReady(),
  ]);
  const proxy = isUp ? await known(gateway.status()) : undefined;
  const reached = seqno === undefined ? undefined : chain;
  const rules = await known(reached && readRoot(reached, root));
  return {
    askedAtMs: Date.now(),
    networkId,
    root,
    revision: rules?.revision,
    pending: rules?.pending,
    endpoint: endpoints[0] ?? "",
    proofs: chain.proofStanding(),
    seqno,
    gateway: { url: `${gatewayUrlOf(network)}/v1`, isUp },
    proxies: await summarizeProxies(network, reached, proxy),
    workers: proxy?.workers,
    channels: await summarizeChannels(home, reached, isUp ? gateway : undefined),
    balances: await Promise.all(
      network.wallets.map(async ({ name, address }) => {
        const account = await known(reached?.account(address));
        return { name, address, balanceNanotons: account?.balance };
      }),
    ),
  };
}

async function summarizeProxies(
  network: LocalNetwork,
  chain: ChainClient | undefined,
  status: ProxyStatus | undefined,
): Promise<ProxySummary[]> {
  return await Promise.all(
    network.proxies.map(async ({ bond }) => {
      const state = chain && (await known(readProxyBond(chain, bond)));
      const account = await known(chain?.account(bond));
      return {
        bond,
        endpoint: urlOf(state),
        ...endingOf(state),
        bondNanotons: state?.bond,
        anchoredSize: state && (state.checkpoint?.treeSize ?? 0),
        budgetNanotons: account && state && account.balance - state.bond,
        logSize: status?.logSize,
        feeBps: status?.feeBps,
      };
    }),
  );
}

/** How far a bond is from its end. */
function endingOf(
  bond: ProxyBondState | undefined,
): Pick<ProxySummary, "phase" | "withdrawableAtSeconds" | "fault"> {
  return {
    phase: bond?.phase,
    withdrawableAtSeconds: bond?.phase === "unbonding" ? bond.withdrawableAtSeconds : undefined,
    fault: bond?.phase === "slashed" ? bond.slash.fault : undefined,
  };
}

function urlOf(bond: ProxyBondState | undefined): string | undefined {
  return bond === undefined || bond.phase === "unregistered" ? undefined : bond.url;
}

/** Deposit and spending by the gateway's own books, vouchers by its session, claims by the chain. */
async function summarizeChannels(
  home: string,
  chain: ChainClient | undefined,
  gateway: GatewayClient | undefined,
): Promise<ChannelSummary[]> {
  const database = openGatewayDatabase(home);
  if (database === undefined) return [];
  try {
    const listed = await known(gateway?.channels());
    return await Promise.all(
      database.channels.list().map(async ({ address, deposit, phase }) => {
        const state = chain && (await known(readChannel(chain, address)));
        const listing = listed?.find((candidate) => candidate.address === address);
        return {
          address,
          phase,
          depositNanotons: deposit,
          spentNanotons: await database.answers.spent(address),
          voucheredNanotons: listing?.vouchered,
          claimedNanotons: state?.claimed,
          closesAtSeconds: state?.phase === "closing" ? state.closesAtSeconds : undefined,
        };
      }),
    );
  } finally {
    database.close();
  }
}

/** What was asked, or undefined when whoever was asked does not answer. */
async function known<Value>(asked: Promise<Value> | undefined): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CocoonError) return undefined;
    throw error;
  }
}
