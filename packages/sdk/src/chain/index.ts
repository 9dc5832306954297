export {
  anchorCheckpoint,
  type AnchorOptions,
  anchorsAfter,
  anchorTransaction,
  type AnchorTransaction,
  type PastAnchor,
} from "./anchor.ts";
export {
  depositProxyBond,
  fundAnchors,
  registerProxyBond,
  type RegisterProxyBondOptions,
  requestProxyUnbond,
  updateProxyBond,
  withdrawProxyBond,
  withdrawProxySurplus,
} from "./bond-operations.ts";
export {
  closeChannelCooperatively,
  finishChannelClose,
  finishChannelCloseMessage,
  openChannel,
  openChannelMessage,
  type OpenChannelOptions,
  settleChannel,
  settleChannels,
  settleMessages,
  type Settlement,
  startChannelClose,
  startChannelCloseMessage,
  topUpChannel,
  topUpChannelMessage,
} from "./channel-operations.ts";
export {
  type ChainAccount,
  type ChainClient,
  type ChainClientOptions,
  type HistoryCursor,
  type ProofStanding,
  type TrustedAccount,
} from "./client.ts";
export { createChainClient } from "./create-client.ts";
export { type Clock, systemClock } from "./clock.ts";
export type { EndpointOptions } from "./endpoint-options.ts";
export { fundFromFaucet } from "./faucet.ts";
export { waitForFinality } from "./finality.ts";
export type { OnChange } from "./watch.ts";
export {
  findTransaction,
  historyAfter,
  linkedHistory,
  type TransactionSearch,
  unlessUnavailable,
  waitForTransaction,
} from "./history.ts";
export type { Operation } from "./operation.ts";
export { anchorHead, type BondedLog, checkpointHead } from "./signed-head.ts";
export {
  cancelVerdict,
  depositWorkerBond,
  executeVerdict,
  registerWorkerBond,
  type RegisterWorkerBondOptions,
  requestWorkerUnbond,
  submitVerdict,
  withdrawWorkerBond,
} from "./worker-bond-operations.ts";
export {
  type AffectedBy,
  allowedImages,
  changesAffecting,
  createPolicySource,
  type PolicySourceOptions,
  type RootPolicy,
} from "./policy.ts";
export { type BondedProxy, createProxySource, type ProxySourceOptions } from "./proxy-standing.ts";
export {
  type AccountReader,
  glanceAtChannels,
  type NetworkReader,
  readChannel,
  readProxyBond,
  readRoot,
  readWorkerBond,
} from "./readers.ts";
export {
  cancelChange,
  deployRoot,
  type DeployRootOptions,
  enactChanges,
  executeChange,
  type GovernOptions,
  prepareStatement,
  proposeChange,
  revoke,
  rootGenesis,
  sendStatement,
} from "./root-operations.ts";
export {
  reportBrokenPromise,
  reportContradiction,
  reportDoubleReceipt,
} from "./slash-operations.ts";
export type { ChainMessage, ChainTransaction, TransactionFailure } from "./transaction.ts";
export type { WalletMessage } from "./transfer.ts";
export { stoppableClient } from "./stoppable.ts";
export {
  createWorkerBondCheck,
  type RequireWorkerBond,
  type WorkerBondCheckOptions,
} from "./worker-standing.ts";
export {
  createWallet,
  type SendResult,
  type Wallet,
  walletAddress,
  type WalletOptions,
} from "./wallet.ts";

// What the contracts say is part of this room's vocabulary.
export { signStatement } from "@cocoon/contracts";
export type {
  ChannelParams,
  ChannelState,
  Governance,
  KeySet,
  Measurement,
  ModelListing,
  NetworkParams,
  PendingChange,
  ProxyBondState,
  ProxyTerms,
  Revocation,
  RootChange,
  RootGenesis,
  RootState,
  SignedStatement,
  Statement,
  WorkerBondState,
} from "@cocoon/contracts";
