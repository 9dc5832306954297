// A client's channels in the browser: what it opened, to whom, and what it handed out of each.

import { nanotons, type Nanotons, type RawAddress } from "@cocoon/protocol";
import type { ChannelBook, ChannelStanding, PaidChannel } from "../spend/index.ts";
import { type IndexedDatabase, resultOf } from "./database.ts";

/** All that is known of a channel, in one record: it changes as one. */
export type ChannelRecord = PaidChannel & {
  /** Of the session key that signs its vouchers, hex: each tab that is open has one. */
  readonly sessionKey: string;
  readonly openedAtMs: number;
  readonly nextSequence: number;
  readonly spent: Nanotons;
};

/** Of a channel that was not opened here, such as a test's. */
export function newRecord(address: RawAddress): ChannelRecord {
  return {
    address,
    payee: "",
    phase: "closed",
    closeTimeoutSeconds: 0,
    salt: 0n,
    deposit: nanotons(0n),
    sessionKey: "",
    openedAtMs: 0,
    nextSequence: 0,
    spent: nanotons(0n),
  };
}

/** The channels of one session key. */
export class IndexedChannelBook implements ChannelBook {
  readonly #database: IndexedDatabase;
  readonly #sessionKey: string;
  readonly #now: () => number;

  /** The session key's public half, hex. */
  constructor(database: IndexedDatabase, sessionKey: string, now: () => number) {
    this.#database = database;
    this.#sessionKey = sessionKey;
    this.#now = now;
  }

  async find(address: RawAddress): Promise<PaidChannel | undefined> {
    return (await this.list()).find((channel) => channel.address === address);
  }

  async findByPayee(payee: RawAddress): Promise<PaidChannel | undefined> {
    const channels = await this.list();
    return channels.findLast((channel) => channel.payee === payee && channel.phase !== "closed");
  }

  async list(): Promise<readonly PaidChannel[]> {
    const records = await this.#database.read(["channels"], async (transaction) => {
      const found: unknown[] = await resultOf(transaction.objectStore("channels").getAll());
      // oxlint-disable-next-line no-unsafe-type-assertion -- this room alone writes it
      return found as ChannelRecord[];
    });
    return records
      .filter(({ sessionKey }) => sessionKey === this.#sessionKey)
      .toSorted((left, right) => left.openedAtMs - right.openedAtMs);
  }

  async intend(channel: Omit<PaidChannel, "phase">): Promise<void> {
    const record: ChannelRecord = {
      ...newRecord(channel.address),
      ...channel,
      phase: "opening",
      sessionKey: this.#sessionKey,
      openedAtMs: this.#now(),
    };
    await this.#database.write(["channels"], async (transaction) => {
      await resultOf(transaction.objectStore("channels").add(record));
    });
  }

  async recordChain(address: RawAddress, phase: ChannelStanding, deposit: Nanotons): Promise<void> {
    await this.#database.write(["channels"], async (transaction) => {
      const channels = transaction.objectStore("channels");
      const found: unknown = await resultOf(channels.get(address));
      // oxlint-disable-next-line no-unsafe-type-assertion -- this room alone writes it
      if (found !== undefined) channels.put({ ...(found as ChannelRecord), phase, deposit });
    });
  }
}
