export { attachIncomingChannel, refreshIncomingChannel } from "./incoming.ts";
export { PayeeWatch } from "./payee-watch.ts";
export { type SettleModules, settleAll } from "./settle.ts";
export { Reclaim, type ReclaimModules, startReclaim } from "./reclaim.ts";
