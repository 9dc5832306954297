export {
  type BondedIdentity,
  bondedIdentityDigest,
  type Verdict,
  verdictDigest,
} from "./bonded-worker.ts";
export {
  commitContent,
  type ContentFields,
  contentFieldsMax,
  type ContentOpening,
  contentSaltBytes,
  type OpenableContent,
  verifyContent,
  verifyOpening,
} from "./content.ts";
export {
  answerContent,
  openMessagesMax,
  requestContent,
  tokenContent,
  type TokenIds,
} from "./content-fields.ts";
export { encodeReceipt, parseReceipt, receiptBytes, unsignedReceiptBytes } from "./layout.ts";
export {
  type FinishReason,
  finishReasons,
  type Receipt,
  type ReceiptFields,
  receiptId,
  type UnsignedReceipt,
} from "./receipt.ts";
export { matchReceipt, type ReceiptExpectation, signReceipt, verifyReceipt } from "./signature.ts";
