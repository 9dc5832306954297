export { type BondVouch, bondVouchJson, readBondVouch } from "./bond-vouch.ts";
export { Connection, type ConnectionOptions } from "./connection.ts";
export { messageOverheadBytes, payloadBytesMax, windowBytes } from "./frame.ts";
export { greet, type GreetOptions } from "./greet.ts";
export {
  bindingBytes,
  encodeHello,
  signHello,
  type HelloTerms,
  type NodeRole,
  type PeerIdentity,
  verifyHello,
} from "./hello.ts";
export type { Carrier } from "./outbox.ts";
export { type ConnectionPair, createConnectionPair } from "./pair.ts";
export type { Side } from "./stream-table.ts";
export type { Stream } from "./stream.ts";
export { enterTunnel, offerTunnel, Tunnel, type TunnelOffer } from "./tunnel.ts";
export { Conversation } from "./conversation.ts";
export {
  encodeJsonMessage,
  encodeMessage,
  expectMessage,
  type Message,
  type MessageName,
  messageTypes,
  readJsonBody,
  readMessage,
  streamKinds,
} from "./messages.ts";
export {
  type Account,
  type ChannelParams,
  type Closed,
  encodeAccount,
  encodeAttach,
  encodeClosed,
  encodePayFrom,
  encodeRequestIds,
  encodeVoucherMessage,
  encodeVoucherHeld,
  readAccount,
  readAttach,
  readClosed,
  readPayFrom,
  readRequestIds,
  readVoucherMessage,
  readVoucherHeld,
} from "./messages-account.ts";
export {
  announcedBundleBytesMax,
  type Announcement,
  encodeAnnouncement,
  encodeWithdrawal,
  readWithdrawal,
  encodeLoad,
  type Load,
  readAnnouncement,
  readLoad,
  type WorkerAsk,
} from "./messages-announce.ts";
export {
  type AnchorRecord,
  encodeGetProof,
  encodeLogProof,
  type LogProof,
  readAnchor,
  readGetProof,
  readLogProof,
} from "./messages-proof.ts";
export {
  encodeStatus,
  type MarketWorker,
  type ProxyStatus,
  readStatus,
} from "./messages-status.ts";
export {
  type Ask,
  encodeAsk,
  encodeFailed,
  encodeOffer,
  handsOver,
  type Offer,
  type OfferedWorker,
  readAsk,
  readFailed,
  readOffer,
} from "./messages-request.ts";
