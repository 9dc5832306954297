// Everything public, by hand.

export { initAddress, rawAddress, tonAddress } from "./address.ts";
export {
  channelAddress,
  channelAttachment,
  channelCode,
  channelEvents,
  channelGetter,
  channelInit,
  channelNotices,
  channelOpcodes,
  type ChannelParams,
  type ChannelPhase,
  type ChannelState,
  type ClaimedVoucher,
  closeChannelBody,
  finishChannelCloseBody,
  openChannelBody,
  parseChannel,
  settleChannelBody,
  startChannelCloseBody,
  topUpChannelBody,
} from "./channel.ts";
export type { ContractCode, ContractInit } from "./code.ts";
export { exitCodeName } from "./exit-codes.ts";
export type { GetterStack } from "./getter-stack.ts";
export {
  anchorBody,
  type AnchoredCheckpoint,
  checkpointAnchoredEvent,
  depositBondBody,
  parseCheckpointAnchored,
  parseProxyBond,
  proxyBondAddress,
  proxyBondAttachment,
  proxyBondCode,
  proxyBondGetter,
  proxyBondInit,
  proxyBondOpcodes,
  type ProxyBondParams,
  type ProxyBondPhase,
  type ProxyBondState,
  type ProxyTerms,
  type ProxyTermsUpdate,
  proxyUrlBytesMax,
  registerBondBody,
  requestUnbondBody,
  type SignedAnchor,
  updateTermsBody,
  withdrawBondBody,
  withdrawnNotice,
  withdrawSurplusBody,
} from "./proxy-bond.ts";
export { type KeySet, keySetKeysMax, type KeySignature } from "./key-set.ts";
export { changeCell, type Revocation, type RootChange } from "./root-change.ts";
export {
  type Governance,
  governanceDelayMaxSeconds,
  type Measurement,
  modelNameBytesMax,
  type ModelListing,
  type NetworkParams,
  platformIdBytesMax,
} from "./root-entries.ts";
export { parseRootEvent, type RootEvent, rootEvents } from "./root-events.ts";
export {
  type Resolution,
  type SignedStatement,
  signStatement,
  type Statement,
  statementDigest,
} from "./root-statement.ts";
export {
  deployRootBody,
  encodeRootGenesis,
  executeChangeBody,
  parseRoot,
  parseRootGenesis,
  type PendingChange,
  rootAddress,
  rootAttachment,
  rootCode,
  rootDeployAttachment,
  type RootGenesis,
  rootGetter,
  rootInit,
  rootOpcodes,
  rootPendingMax,
  type RootRules,
  type RootState,
  statementBody,
} from "./root.ts";
