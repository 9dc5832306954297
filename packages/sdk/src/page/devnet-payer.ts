// Money on a devnet, for a page without a wallet: coins of its faucet, in a wallet whose key this browser holds. What is left
// of a channel comes back to it, and pays for the next one.

import { CocoonError, fromHex, nanotons, networkIds, primitives, toHex } from "@cocoon/protocol";
import { createChainClient, createWallet, fundFromFaucet } from "../chain/index.ts";
import type { Payer } from "../spend/index.ts";
import type { PageNetwork } from "./page-network.ts";

const storedAs = "cocoon.devnetPayer";
/** For the fees of one message; what they do not take stays in the wallet. */
const feesNanotons = 100_000_000n;
const requestTimeoutMs = 10_000;

export type DevnetPayerOptions = {
  /** Ed25519 seed of the wallet, 32 bytes. Default: one that this browser makes and keeps in its storage, readable by the page. */
  readonly seed?: Uint8Array;
  /** One payment after another, of all that pay with this seed. Default: all pages of this origin. */
  readonly inTurn?: (task: () => Promise<void>) => Promise<void>;
};

/** Pays without asking anybody: the coins are worth nothing. Throws network_mismatch where the network is no devnet. */
export function createDevnetPayer(
  network: Pick<PageNetwork, "networkId" | "endpoints">,
  options: DevnetPayerOptions = {},
): Payer {
  const { networkId, endpoints } = network;
  if (networkId !== networkIds.devnet) {
    throw new CocoonError("network_mismatch", { expected: networkIds.devnet, served: networkId });
  }
  const { seed = storedSeed(), inTurn = inTurnOfPages } = options;
  const [endpoint = ""] = endpoints;
  const client = createChainClient({ networkId, endpoints, requestTimeoutMs });
  const wallet = createWallet({ client, seed });
  return {
    address: wallet.address,
    pay: async (message) => {
      // What is put in for one message is not another's to send.
      await inTurn(async () => {
        const lacking = message.value + feesNanotons - (await wallet.balance());
        if (lacking > 0n) await fundFromFaucet(endpoint, wallet.address, nanotons(lacking));
        await wallet.submit([message]);
      });
    },
  };
}

async function inTurnOfPages(task: () => Promise<void>): Promise<void> {
  await navigator.locks.request(storedAs, task);
}

/** The one of this browser, or a new one. */
function storedSeed(): Uint8Array {
  const stored = fromHex(localStorage.getItem(storedAs) ?? "");
  if (stored?.length === 32) return stored;
  const seed = primitives.randomBytes(32);
  localStorage.setItem(storedAs, toHex(seed));
  return seed;
}
