export { checkReceipt } from "./check-receipt.ts";
export type { ChainView } from "./chain.ts";
export { loadDescription, type NetworkDescription, type ProxyPlace } from "./description.ts";
export { modelName } from "./names.ts";
export { currentPulse, type ProxyView, type Pulse } from "./pulse.ts";
export type { ReceiptCheck, ReceiptChecks } from "./receipt-checks.ts";
export { findReceipt, type FoundReceipt, type LoggedReceipt, type LogNote } from "./receipt-log.ts";
export { usePulse } from "./use-pulse.ts";
