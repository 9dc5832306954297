import { ledgerMigrations } from "../ledger/index.ts";

/** All tables of worker.db: the ledger, and of each charge what was done for it. */
export const workerMigrations: readonly string[] = [
  ...ledgerMigrations,
  `CREATE TABLE jobs (
     request TEXT PRIMARY KEY REFERENCES charges (request),
     model TEXT NOT NULL,
     prompt_tokens INTEGER NOT NULL CHECK (prompt_tokens >= 0),
     cached_tokens INTEGER NOT NULL CHECK (cached_tokens >= 0),
     completion_tokens INTEGER NOT NULL CHECK (completion_tokens >= 0),
     duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0)
   ) STRICT;
   CREATE INDEX charges_by_time ON charges (at_ms);`,
];
