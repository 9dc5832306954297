export { IndexedAnswerBook } from "./answer-book.ts";
export { IndexedChannelBook } from "./channel-book.ts";
export { IndexedDatabase } from "./database.ts";
export { type KeyCustody, openSessionKey, type SessionKey } from "./session-key.ts";
