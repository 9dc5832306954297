// The account stream: a client attaches its channel, agrees on what was answered, pays, and closes.

import {
  CocoonError,
  Conversation,
  encodeAccount,
  encodeClosed,
  encodeVoucherHeld,
  equalBytes,
  type Nanotons,
  nanotons,
  type RawAddress,
  readAttach,
  readRequestIds,
  readVoucherMessage,
  type Stream,
} from "@cocoon/protocol";
import type { Peer } from "@cocoon/sdk";
import type { IncomingChannel, IncomingLedger } from "../ledger/index.ts";
import type { Admission } from "./admission.ts";
import { refusalOf } from "./refusal.ts";

export type Accounts = {
  readonly ledger: IncomingLedger;
  readonly admission: Admission;
  readonly creditWindow: Nanotons;
  /** Reads the channel on chain, checks that it pays this proxy, and records it. Throws channel_invalid and chain_*. */
  readonly read: (channel: RawAddress) => Promise<IncomingChannel>;
  /** Closes the channel on chain with the highest voucher held. Returns the transaction's hash, hex. */
  readonly close: (channel: IncomingChannel) => Promise<string>;
};

/** What one message holds: 32 digits and quotes each. Should there be more, they are settled at the next attachment. */
const unacknowledgedMax = 2_048;

/** Serves an account stream until it ends. `attached` is called when requests may come. */
export async function serveAccount(
  accounts: Accounts,
  peer: Peer,
  stream: Stream,
  attached: (channel: RawAddress) => void,
): Promise<void> {
  const client = new Conversation(stream);
  try {
    const address = readAttach(await client.expect("attach"));
    await attach(accounts, peer, client, address);
    attached(address);
    await client.say("ready");
    await serveVouchers(accounts, client, address);
    stream.end();
  } catch (error) {
    client.fail(refusalOf(error));
  }
}

async function attach(
  accounts: Accounts,
  peer: Peer,
  client: Conversation,
  address: RawAddress,
): Promise<void> {
  const channel = await accounts.read(address);
  if (!equalBytes(channel.sessionKey, peer.publicKey)) {
    throw new CocoonError("channel_invalid", { reason: "another session key" });
  }
  if (channel.phase !== "open") throw new CocoonError("channel_closed");
  const unacknowledged = accounts.ledger.pendingRequests(address).slice(0, unacknowledgedMax);
  await client.send(
    encodeAccount({
      deposit: channel.deposit,
      claimed: channel.claimed,
      posted: channel.posted,
      vouchered: channel.vouchered,
      creditWindow: accounts.creditWindow,
      unacknowledged,
    }),
  );
  const stored = new Set(readRequestIds(await client.expect("reconcile")));
  await accounts.ledger.post(unacknowledged.filter((request) => stored.has(request)));
  await accounts.ledger.release(unacknowledged.filter((request) => !stored.has(request)));
}

async function serveVouchers(
  accounts: Accounts,
  client: Conversation,
  address: RawAddress,
): Promise<void> {
  for (let message = await client.hear(); message !== undefined; message = await client.hear()) {
    if (message.name === "voucher") {
      const voucher = readVoucherMessage(message.body);
      if (voucher.channel !== address) throw new CocoonError("channel_unknown");
      await client.send(encodeVoucherHeld(await accounts.ledger.holdVoucher(voucher)));
    } else if (message.name === "close") {
      await closeChannel(accounts, client, address);
    } else {
      throw new CocoonError("peer_misbehaved", { got: message.name });
    }
  }
}

async function closeChannel(
  accounts: Accounts,
  client: Conversation,
  address: RawAddress,
): Promise<void> {
  const resume = accounts.admission.suspend(address);
  try {
    const channel = accounts.ledger.find(address);
    if (channel === undefined) throw new CocoonError("channel_unknown");
    const transaction = await accounts.close(channel);
    const paid = channel.vouchered > channel.claimed ? channel.vouchered : channel.claimed;
    await client.send(encodeClosed({ transaction, paid: nanotons(paid) }));
  } finally {
    resume();
  }
}
