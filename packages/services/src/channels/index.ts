export { refreshIncomingChannel } from "./incoming.ts";
export { openOutgoingChannel, type OutgoingOptions, topUpOutgoingChannel } from "./outgoing.ts";
export { type SettleModules, settleAll, settleIncomingChannel } from "./settle.ts";
