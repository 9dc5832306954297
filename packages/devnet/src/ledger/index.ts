// The chain itself: accounts, transactions, blocks and time, on the real TVM and durable.

export { type AccountView } from "./account.ts";
export { type Block, blockId, type BlockId } from "./block.ts";
export { configParameter } from "./config.ts";
export { type Fees } from "./fees.ts";
export { type History, type Page, type TransactionRow } from "./history.ts";
export { Ledger, type LedgerEvent, type LedgerOptions } from "./ledger.ts";
export { faucetAddress, messagesOf, parseBoc } from "./message.ts";
export { type StoredTransaction } from "./record.ts";
export { type GetMethodOutput } from "./tvm.ts";
