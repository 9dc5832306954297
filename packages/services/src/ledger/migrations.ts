/**
 * The tables of both directions of money. Amounts are nanotons.
 *
 * A charge is *pending* when the receipt is durable, *posted* when the payer acknowledged the answer, *released* when
 * the payer never got it. The sums in incoming_channels change in the same transaction as the charge, so they never
 * need to be added up again; a property test adds them up.
 */
export const ledgerMigrations: readonly string[] = [
  `CREATE TABLE incoming_channels (
     address TEXT PRIMARY KEY,
     payer TEXT NOT NULL,
     session_key BLOB NOT NULL,
     phase TEXT NOT NULL CHECK (phase IN ('open', 'closing', 'closed')),
     deposit INTEGER NOT NULL CHECK (deposit >= 0),
     claimed INTEGER NOT NULL CHECK (claimed >= 0),
     pending INTEGER NOT NULL DEFAULT 0 CHECK (pending >= 0),
     posted INTEGER NOT NULL DEFAULT 0 CHECK (posted >= 0),
     released INTEGER NOT NULL DEFAULT 0 CHECK (released >= 0),
     vouchered INTEGER NOT NULL DEFAULT 0 CHECK (vouchered >= 0),
     voucher_signature BLOB
   ) STRICT;
   CREATE TABLE charges (
     request TEXT PRIMARY KEY,
     channel TEXT NOT NULL REFERENCES incoming_channels (address),
     amount INTEGER NOT NULL CHECK (amount >= 0),
     state TEXT NOT NULL CHECK (state IN ('pending', 'posted', 'released')),
     at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX charges_unacknowledged ON charges (channel) WHERE state = 'pending';
   CREATE TABLE outgoing_channels (
     address TEXT PRIMARY KEY,
     payee TEXT NOT NULL,
     phase TEXT NOT NULL CHECK (phase IN ('opening', 'open', 'closed')),
     close_timeout_seconds INTEGER NOT NULL,
     salt INTEGER NOT NULL,
     deposit INTEGER NOT NULL CHECK (deposit >= 0),
     owed INTEGER NOT NULL DEFAULT 0 CHECK (owed >= 0)
   ) STRICT;
   CREATE INDEX outgoing_by_payee ON outgoing_channels (payee);`,
  // What a channel's `claimed` grew by, and when that was seen: the rows of a channel add up to it.
  `CREATE TABLE payouts (
     channel TEXT NOT NULL REFERENCES incoming_channels (address),
     amount INTEGER NOT NULL CHECK (amount > 0),
     at_ms INTEGER NOT NULL
   ) STRICT;
   INSERT INTO payouts (channel, amount, at_ms) SELECT address, claimed, 0 FROM incoming_channels WHERE claimed > 0;`,
];
