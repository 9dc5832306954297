// Wallets by TON Connect. The library comes when somebody wants to connect one, and talks to nobody before one is chosen.

import type { NetworkDescription } from "../network/index.ts";
import type { ConnectedWallet, OfferedWallet } from "./wallet.ts";

export async function offeredWallets(
  network: NetworkDescription,
): Promise<readonly OfferedWallet[]> {
  const { listWallets } = await import("./connect.ts");
  return await listWallets(network);
}

/**
 * Connects a wallet. One that is elsewhere is told by a link, which its owner has to open. Throws cancelled when the owner
 * refuses or the signal aborts, and network_mismatch for a wallet of another network.
 */
export async function connectWallet(
  network: NetworkDescription,
  wallet: OfferedWallet,
  onLink: (link: string) => void,
  signal: AbortSignal,
): Promise<ConnectedWallet> {
  const { connect } = await import("./connect.ts");
  return await connect(network, wallet, onLink, signal);
}

export async function disconnectWallet(): Promise<void> {
  const { disconnect } = await import("./connect.ts");
  await disconnect();
}
