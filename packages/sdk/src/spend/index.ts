export type { AcceptedAnswer, AnswerLog, PaymentStore } from "./payment-store.ts";
export { Purse } from "./purse.ts";
