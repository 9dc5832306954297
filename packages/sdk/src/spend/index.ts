export type { Awaitable, ChannelBook, ChannelStanding, PaidChannel } from "./channel-book.ts";
export {
  type ChannelFunds,
  type ChannelReader,
  openOutgoingChannel,
  type OutgoingOptions,
  topUpOutgoingChannel,
} from "./outgoing.ts";
export { type Payer, walletPayer } from "./payer.ts";
export type { AcceptedAnswer, AnswerLog, PaymentStore } from "./payment-store.ts";
export { Purse } from "./purse.ts";
export { topUpChannels, type TopUpModules } from "./top-up.ts";
