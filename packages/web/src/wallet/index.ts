export { createConnectPayer } from "./payer.ts";
export { type DevWalletRequest, devWalletRequest } from "./dev-wallet-requests.ts";
export { type RemoteRequest, remoteRequest } from "./remote-request.ts";
export type { ConnectedWallet, OfferedWallet } from "./wallet.ts";
export { connectWallet, disconnectWallet, offeredWallets } from "./wallets.ts";
