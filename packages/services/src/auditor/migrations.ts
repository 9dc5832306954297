/** Everything that an auditor has seen and found. */
export const auditorMigrations: readonly string[] = [
  `CREATE TABLE audited_leaves (
     log TEXT NOT NULL,
     leaf_index INTEGER NOT NULL,
     entry BLOB NOT NULL,
     channel TEXT,
     sequence INTEGER,
     PRIMARY KEY (log, leaf_index)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX audited_sequences ON audited_leaves (channel, sequence);
   CREATE TABLE audited_nodes (
     log TEXT NOT NULL,
     level INTEGER NOT NULL,
     node_index INTEGER NOT NULL,
     hash BLOB NOT NULL,
     PRIMARY KEY (log, level, node_index)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE audited_checkpoints (
     log TEXT NOT NULL,
     size INTEGER NOT NULL,
     root TEXT NOT NULL,
     note TEXT NOT NULL,
     signature BLOB NOT NULL,
     PRIMARY KEY (log, size, root)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE audit_findings (
     id TEXT PRIMARY KEY,
     code TEXT NOT NULL,
     contract TEXT NOT NULL,
     found_at_ms INTEGER NOT NULL,
     evidence TEXT NOT NULL,
     outcome TEXT,
     attempts INTEGER NOT NULL DEFAULT 0
   ) STRICT;`,
  `CREATE TABLE audited_anchors (
     log TEXT PRIMARY KEY,
     lt INTEGER NOT NULL
   ) STRICT;`,
];
