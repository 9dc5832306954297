import {
  CocoonError,
  nanotons,
  type Nanotons,
  type RawAddress,
  verifyVoucher,
  type Voucher,
} from "@cocoon/protocol";
import type { Database, Store } from "../store/index.ts";
import {
  type IncomingChannel,
  incomingChannelOf,
  type IncomingPhase,
  type IncomingRow,
} from "./incoming-channel.ts";

export type ChargeState = "pending" | "posted" | "released";

/** What one answer costs the payer of a channel. */
export type Charge = {
  /** Request id, hex: the idempotency key. */
  readonly request: string;
  readonly channel: RawAddress;
  readonly amount: Nanotons;
  readonly atMs: number;
};

/** What the chain says of a channel that pays this node. */
export type ChannelOnChain = {
  readonly address: RawAddress;
  readonly payer: RawAddress;
  readonly sessionKey: Uint8Array;
  readonly phase: IncomingPhase;
  readonly deposit: Nanotons;
  readonly claimed: Nanotons;
  /** When the chain was read. */
  readonly seenAtMs: number;
};

/** Coins that a channel paid out on chain. */
export type Payout = {
  readonly channel: RawAddress;
  readonly amount: Nanotons;
  /** When it was seen there; 0 for what an earlier release saw. */
  readonly atMs: number;
};

/** The payee's books. Every method that returns a promise is durable when the promise resolves. */
export class IncomingLedger {
  readonly #store: Store;
  readonly #networkId: number;

  constructor(store: Store, networkId: number) {
    this.#store = store;
    this.#networkId = networkId;
  }

  find(address: RawAddress): IncomingChannel | undefined {
    const row = this.#store.db
      .prepare<IncomingRow>("SELECT * FROM incoming_channels WHERE address = ?")
      .get(address);
    return row === undefined ? undefined : incomingChannelOf(row);
  }

  list(): IncomingChannel[] {
    const rows = this.#store.db
      .prepare<IncomingRow>("SELECT * FROM incoming_channels ORDER BY address")
      .all();
    return rows.map(incomingChannelOf);
  }

  /** Takes over what the chain says; the node's own sums stay. What more was paid out is noted with its time. */
  async recordChain(channel: ChannelOnChain): Promise<void> {
    await this.#store.commit((db) => {
      const before = this.find(channel.address)?.claimed ?? 0n;
      db.prepare(
        `INSERT INTO incoming_channels (address, payer, session_key, phase, deposit, claimed)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (address) DO UPDATE SET
           phase = excluded.phase, deposit = excluded.deposit, claimed = excluded.claimed`,
      ).run(
        channel.address,
        channel.payer,
        channel.sessionKey,
        channel.phase,
        channel.deposit,
        channel.claimed,
      );
      const paid = channel.claimed - before;
      if (paid <= 0n) return;
      db.prepare("INSERT INTO payouts (channel, amount, at_ms) VALUES (?, ?, ?)").run(
        channel.address,
        paid,
        BigInt(channel.seenAtMs),
      );
    });
  }

  /** What channels paid out on chain, the newest first. */
  payouts(countMax: number): Payout[] {
    const rows = this.#store.db
      .prepare<{ channel: string; amount: bigint; at_ms: bigint }>(
        "SELECT channel, amount, at_ms FROM payouts ORDER BY rowid DESC LIMIT ?",
      )
      .all(countMax);
    return rows.map((row) => {
      return { channel: row.channel, amount: nanotons(row.amount), atMs: Number(row.at_ms) };
    });
  }

  /** Adds a pending charge inside the caller's transaction. A request id is charged once: a second time is a refusal. */
  charge(db: Database, charge: Charge): void {
    if (this.chargeNew(db, [charge]).length > 0) return;
    throw new CocoonError("sealed_replayed", { request: charge.request });
  }

  /** The same for many; those whose request id was charged before are left out. Returns the others. */
  chargeNew<Each extends Charge>(db: Database, charges: readonly Each[]): Each[] {
    const insert = db.prepare(
      `INSERT INTO charges (request, channel, amount, state, at_ms) VALUES (?, ?, ?, 'pending', ?)
       ON CONFLICT (request) DO NOTHING`,
    );
    const added = charges.filter(({ request, channel, amount, atMs }) => {
      return insert.run(request, channel, amount, BigInt(atMs)).changes > 0;
    });
    const add = db.prepare("UPDATE incoming_channels SET pending = pending + ? WHERE address = ?");
    const sums = new Map<RawAddress, bigint>();
    for (const { channel, amount } of added) sums.set(channel, (sums.get(channel) ?? 0n) + amount);
    for (const [channel, sum] of sums) add.run(sum, channel);
    return added;
  }

  /**
   * The payer acknowledged these answers. Those that are not pending any more are left as they are. Nobody waits for
   * it: what is still pending after a crash is asked about.
   */
  async post(requests: readonly string[]): Promise<void> {
    if (requests.length === 0) return;
    await this.#store.commitSoon((db) => this.#finish(db, requests, "posted"));
  }

  /** The payer never got these answers. */
  async release(requests: readonly string[]): Promise<void> {
    if (requests.length === 0) return;
    await this.#store.commit((db) => this.#finish(db, requests, "released"));
  }

  /** Request ids of a channel's answers that wait for an acknowledgement, oldest first. */
  pendingRequests(channel: RawAddress): string[] {
    const rows = this.#store.db
      .prepare<{ request: string }>(
        "SELECT request FROM charges WHERE channel = ? AND state = 'pending' ORDER BY rowid",
      )
      .all(channel);
    return rows.map((row) => row.request);
  }

  chargeState(request: string): ChargeState | undefined {
    return this.#store.db
      .prepare<{ state: ChargeState }>("SELECT state FROM charges WHERE request = ?")
      .get(request)?.state;
  }

  /** Checks a voucher and keeps it when it is greater than the one held. Returns the cumulative amount held. */
  async holdVoucher(voucher: Voucher): Promise<Nanotons> {
    const channel = this.find(voucher.channel);
    if (channel === undefined) throw new CocoonError("channel_unknown");
    if (!verifyVoucher(channel.sessionKey, this.#networkId, voucher)) {
      throw new CocoonError("voucher_signature_invalid");
    }
    if (voucher.cumulative > channel.deposit) throw new CocoonError("voucher_exceeds_deposit");
    if (voucher.cumulative <= channel.vouchered) return channel.vouchered;
    await this.#store.commit((db) => {
      db.prepare(
        `UPDATE incoming_channels SET vouchered = ?, voucher_signature = ?
         WHERE address = ? AND vouchered < ?`,
      ).run(voucher.cumulative, voucher.signature, voucher.channel, voucher.cumulative);
    });
    return this.find(voucher.channel)?.vouchered ?? voucher.cumulative;
  }

  #finish(db: Database, requests: readonly string[], state: "posted" | "released"): void {
    const take = db.prepare<{ channel: string; amount: bigint }>(
      "UPDATE charges SET state = ? WHERE request = ? AND state = 'pending' RETURNING channel, amount",
    );
    const add = db.prepare(
      `UPDATE incoming_channels SET pending = pending - ?, ${state} = ${state} + ? WHERE address = ?`,
    );
    for (const request of requests) {
      const row = take.get(state, request);
      if (row !== undefined) add.run(row.amount, row.amount, row.channel);
    }
  }
}
