export { createConnectPayer } from "./payer.ts";
export {
  type DevWalletRequest,
  devWalletRequest,
  onDevWalletRequest,
} from "./dev-wallet-requests.ts";
export {
  onRemoteRequest,
  type RemoteRequest,
  remoteRequest,
  showRemoteRequest,
} from "./remote-request.ts";
export {
  connectWallet,
  type ConnectedWallet,
  disconnectWallet,
  type OfferedWallet,
  offeredWallets,
} from "./wallets.ts";
