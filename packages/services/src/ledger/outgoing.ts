import { nanotons, type Nanotons, type RawAddress } from "@cocoon/protocol";
import type { Database, Store } from "../store/index.ts";

/** `opening`: the opening transaction may or may not have reached the chain; the start-up code finds out. */
export type OutgoingPhase = "opening" | "open" | "closed";

/** A channel that this node pays from. */
export type OutgoingChannel = {
  readonly address: RawAddress;
  readonly payee: RawAddress;
  readonly phase: OutgoingPhase;
  readonly closeTimeoutSeconds: number;
  readonly salt: bigint;
  readonly deposit: Nanotons;
  /** What the payee earned so far; the next voucher's cumulative amount. */
  readonly owed: Nanotons;
};

type OutgoingRow = {
  readonly address: string;
  readonly payee: string;
  readonly phase: OutgoingPhase;
} & Readonly<Record<"close_timeout_seconds" | "salt" | "deposit" | "owed", bigint>>;

/** The payer's books. Every method that returns a promise is durable when the promise resolves. */
export class OutgoingLedger {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(address: RawAddress): OutgoingChannel | undefined {
    return this.#select("WHERE address = ?", address)[0];
  }

  /** The channel that pays this payee now, if there is one. */
  findByPayee(payee: RawAddress): OutgoingChannel | undefined {
    return this.#select("WHERE payee = ? AND phase != 'closed' ORDER BY rowid DESC", payee)[0];
  }

  list(): OutgoingChannel[] {
    return this.#select("ORDER BY rowid");
  }

  /** Writes down the intent to open a channel, before the transaction is sent. */
  async intend(channel: Omit<OutgoingChannel, "phase" | "owed">): Promise<void> {
    await this.#store.commit((db) => {
      db.prepare(
        `INSERT INTO outgoing_channels (address, payee, phase, close_timeout_seconds, salt, deposit)
         VALUES (?, ?, 'opening', ?, ?, ?)`,
      ).run(
        channel.address,
        channel.payee,
        BigInt(channel.closeTimeoutSeconds),
        channel.salt,
        channel.deposit,
      );
    });
  }

  /** Takes over what the chain says. */
  async recordChain(address: RawAddress, phase: OutgoingPhase, deposit: Nanotons): Promise<void> {
    await this.#store.commit((db) => {
      db.prepare("UPDATE outgoing_channels SET phase = ?, deposit = ? WHERE address = ?").run(
        phase,
        deposit,
        address,
      );
    });
  }

  /** Forgets an intent whose transaction never reached the chain. */
  async forget(address: RawAddress): Promise<void> {
    await this.#store.commit((db) => {
      db.prepare("DELETE FROM outgoing_channels WHERE address = ? AND phase = 'opening'").run(
        address,
      );
    });
  }

  /** Adds to what the payee earned, inside the caller's transaction. */
  owe(db: Database, address: RawAddress, amount: Nanotons): void {
    db.prepare("UPDATE outgoing_channels SET owed = owed + ? WHERE address = ?").run(
      amount,
      address,
    );
  }

  #select(where: string, ...parameters: readonly string[]): OutgoingChannel[] {
    const rows = this.#store.db
      .prepare<OutgoingRow>(`SELECT * FROM outgoing_channels ${where}`)
      .all(...parameters);
    return rows.map((row) => {
      return {
        address: row.address,
        payee: row.payee,
        phase: row.phase,
        closeTimeoutSeconds: Number(row.close_timeout_seconds),
        salt: row.salt,
        deposit: nanotons(row.deposit),
        owed: nanotons(row.owed),
      };
    });
  }
}
