// A devnet's demo money: coins of its faucet, in a wallet whose key this browser holds. What is left of a channel comes back
// to it, and pays for the next one.

import { fromHex, nanotons, primitives, toHex } from "@cocoon/protocol";
import { createChainClient, createWallet, fundFromFaucet, type Payer } from "@cocoon/sdk";
import type { NetworkDescription } from "../network/index.ts";

const storedAs = "cocoon.demoWallet";
/** For the fees of one message; what they do not take stays in the wallet. */
const feesNanotons = 100_000_000n;

/** Pays without asking anybody: the coins are worth nothing. */
export function createDemoPayer(network: NetworkDescription): Payer {
  const [endpoint = ""] = network.endpoints;
  const client = createChainClient({ ...network, requestTimeoutMs: 10_000 });
  const wallet = createWallet({ client, seed: seedHere() });
  return {
    address: wallet.address,
    pay: async (message) => {
      // Tabs share the wallet, and it sends one message after another.
      await navigator.locks.request(storedAs, async () => {
        const lacking = message.value + feesNanotons - (await wallet.balance());
        if (lacking > 0n) await fundFromFaucet(endpoint, wallet.address, nanotons(lacking));
        await wallet.submit([message]);
      });
    },
  };
}

/** The one of this browser, or a new one. */
function seedHere(): Uint8Array {
  const stored = fromHex(localStorage.getItem(storedAs) ?? "");
  if (stored?.length === 32) return stored;
  const seed = primitives.randomBytes(32);
  localStorage.setItem(storedAs, toHex(seed));
  return seed;
}
