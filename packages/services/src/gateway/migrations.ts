/** The gateway's tables. An answer's row is everything that proves it; the proof columns fill in as the log moves on. */
export const gatewayMigrations: readonly string[] = [
  `CREATE TABLE sequences (
     channel TEXT PRIMARY KEY,
     next INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE bundles (
     claims_hash TEXT PRIMARY KEY,
     bundle BLOB NOT NULL
   ) STRICT;
   CREATE TABLE policies (
     revision INTEGER PRIMARY KEY,
     policy TEXT NOT NULL
   ) STRICT;
   CREATE TABLE answers (
     request TEXT PRIMARY KEY,
     channel TEXT NOT NULL,
     amount INTEGER NOT NULL CHECK (amount >= 0),
     receipt BLOB NOT NULL,
     salt BLOB NOT NULL,
     promise BLOB NOT NULL,
     claims_hash TEXT NOT NULL REFERENCES bundles (claims_hash),
     revision INTEGER NOT NULL REFERENCES policies (revision),
     accepted_at_ms INTEGER NOT NULL,
     state TEXT NOT NULL DEFAULT 'signed' CHECK (state IN ('signed', 'included', 'anchored')),
     log_proof TEXT
   ) STRICT;
   CREATE INDEX answers_by_time ON answers (accepted_at_ms);
   CREATE INDEX answers_unanchored ON answers (accepted_at_ms) WHERE state != 'anchored';
   CREATE TABLE spent (
     channel TEXT PRIMARY KEY,
     amount INTEGER NOT NULL CHECK (amount >= 0)
   ) STRICT;`,
  // Answers of before have neither: there was one proxy then, and nobody wrote down which.
  `ALTER TABLE answers ADD COLUMN bond TEXT;
   ALTER TABLE answers ADD COLUMN log_key BLOB;`,
  // Who asked, for budgets; and requests that may be asked but once, by keyed hashes alone.
  `ALTER TABLE answers ADD COLUMN reference TEXT;
   CREATE TABLE spent_by_day (
     reference TEXT NOT NULL,
     day INTEGER NOT NULL,
     amount INTEGER NOT NULL CHECK (amount >= 0),
     PRIMARY KEY (reference, day)
   ) STRICT;
   CREATE TABLE api_keys (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     hash TEXT NOT NULL UNIQUE,
     is_admin INTEGER NOT NULL,
     budget INTEGER,
     period TEXT NOT NULL CHECK (period IN ('day', 'month')),
     requests_per_minute INTEGER,
     created_at_ms INTEGER NOT NULL,
     revoked_at_ms INTEGER
   ) STRICT;
   CREATE TABLE idempotency (
     key_hash TEXT PRIMARY KEY,
     body_hash TEXT NOT NULL,
     began_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX idempotency_by_time ON idempotency (began_at_ms);`,
  // A stream that one request began and another ended is known by the first one's id.
  `ALTER TABLE answers ADD COLUMN announced_as TEXT;
   CREATE INDEX answers_by_announced ON answers (announced_as) WHERE announced_as IS NOT NULL;`,
];
