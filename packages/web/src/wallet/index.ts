export { createConnectPayer } from "./payer.ts";
export { type DevWalletRequest, devWalletRequest } from "./dev-wallet-requests.ts";
export { type RemoteRequest, remoteRequest } from "./remote-request.ts";
export {
  connectWallet,
  type ConnectedWallet,
  disconnectWallet,
  type OfferedWallet,
  offeredWallets,
} from "./wallets.ts";
