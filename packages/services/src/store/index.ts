export type { Database, SqlRow, SqlValue, Statement } from "./database.ts";
export { insertRows } from "./insert-rows.ts";
export { openStore, type Store, type StoreOptions } from "./store.ts";
