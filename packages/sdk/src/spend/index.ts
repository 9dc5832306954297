export { type AcceptedAnswer, type PaymentStore } from "./payment-store.ts";
export { Purse } from "./purse.ts";
