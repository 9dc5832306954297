import { ledgerMigrations } from "../ledger/index.ts";
import { receiptLogMigrations } from "../log/index.ts";
import { workerIdentityMigrations } from "./worker-identities.ts";

/** All tables of proxy.db. */
export const proxyMigrations: readonly string[] = [
  ...ledgerMigrations,
  ...receiptLogMigrations,
  ...workerIdentityMigrations,
];
