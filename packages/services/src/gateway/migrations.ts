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
];
