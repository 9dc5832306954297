export type {
  AnswerBook,
  ListedAnswer,
  StoredAnswer,
  WaitingAnswer,
  WaitingState,
} from "./answer-book.ts";
export { createWitnessDesk, type WitnessDesk } from "./witness-desk.ts";
export { type ReceiptUpgrade, upgradeReceipts } from "./upgrade.ts";
