// A devnet with the SDK's client on it, for one suite.

import { after, before, suite } from "node:test";
import { type Devnet, startDevnet } from "@cocoon/devnet";
import { type Nanotons, nanotons, utf8 } from "@cocoon/protocol";
import { type ChainClient, createChainClient, createWallet, type Wallet } from "@cocoon/sdk";

export type DevnetChain = {
  readonly devnet: Devnet;
  readonly client: ChainClient;
  /** A wallet that already has this many whole TON. */
  readonly wallet: (name: string, tons: bigint) => Promise<Wallet>;
};

/** A suite with a chain of its own, which is there as soon as a test runs. */
export function devnetSuite(title: string, declare: (chain: () => DevnetChain) => void): void {
  suite(title, () => {
    let chain: DevnetChain | undefined;
    before(async () => {
      chain = await startDevnetChain();
    });
    after(() => chain?.devnet.stop());
    declare(() => {
      if (chain === undefined) throw new RangeError("no test is running");
      return chain;
    });
  });
}

export const ton = 1_000_000_000n;
export const requestTimeoutMs = 60_000;
export const pollMs = 20;

export function tons(count: bigint): Nanotons {
  return nanotons(count * ton);
}

/** A key that is the same in every run. */
export function seedOf(name: string): Uint8Array {
  return utf8(name.padEnd(32, ".")).slice(0, 32);
}

async function startDevnetChain(): Promise<DevnetChain> {
  const devnet = await startDevnet({ port: 0, blockMs: 50 });
  const client = createChainClient({
    endpoints: [devnet.url],
    networkId: devnet.networkId,
    requestTimeoutMs,
    pollMs,
  });
  return {
    devnet,
    client,
    wallet: async (name, count) => {
      const wallet = createWallet({ client, seed: seedOf(name) });
      if (count > 0n) await devnet.faucet(wallet.address, count * ton);
      return wallet;
    },
  };
}
