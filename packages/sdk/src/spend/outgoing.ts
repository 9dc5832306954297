// Opening a channel so that a crash at any moment leaves one channel, known to both the books and the chain.

import { CocoonError, type Nanotons, primitives, type RawAddress } from "@cocoon/protocol";
import { channelAddress, type ChannelState } from "@cocoon/contracts";
import {
  type ChainClient,
  openChannelMessage,
  readChannel,
  topUpChannelMessage,
} from "../chain/index.ts";
import type { ChannelBook, PaidChannel } from "./channel-book.ts";
import type { Payer } from "./payer.ts";

/** Where channels are paid into, and where they are written down. */
export type ChannelFunds<Channel extends PaidChannel = PaidChannel> = {
  readonly client: ChannelReader;
  readonly payer: Payer;
  readonly book: ChannelBook<Channel>;
};

/** The part of a chain client that waits for a channel. */
export type ChannelReader = Pick<ChainClient, "trustedAccount" | "clock" | "pollMs">;

export type OutgoingOptions<Channel extends PaidChannel = PaidChannel> = ChannelFunds<Channel> & {
  readonly payee: RawAddress;
  /** Signs vouchers. Public, 32 bytes. */
  readonly sessionKey: Uint8Array;
  readonly deposit: Nanotons;
  readonly closeTimeoutSeconds: number;
};

/** How long a message may take to be executed; a person may have to agree to it first. */
const arrivalTimeoutMs = 120_000;

/**
 * The open channel to the payee: the one there is, the one that was being opened, or a new one. One that was open is
 * taken to be so while the chain is away.
 */
export async function openOutgoingChannel<Channel extends PaidChannel>(
  options: OutgoingOptions<Channel>,
): Promise<Channel> {
  const address = await openedAddress(options);
  const channel = await options.book.find(address);
  if (channel === undefined) throw new CocoonError("internal");
  return channel;
}

async function openedAddress(options: OutgoingOptions): Promise<RawAddress> {
  const known = await options.book.findByPayee(options.payee);
  if (known === undefined) return await openNew(options);
  try {
    return await reviewKnown(options, known);
  } catch (error) {
    const isAway = error instanceof CocoonError && error.code === "chain_unavailable";
    if (!isAway || known.phase !== "open") throw error;
    return known.address;
  }
}

/** What the books say of a channel, brought in line with the chain. */
async function reviewKnown(options: OutgoingOptions, known: PaidChannel): Promise<RawAddress> {
  const { book, client } = options;
  const { address, phase } = known;
  const state = await readChannel(client, address);
  if (state === undefined || state.phase === "unopened") {
    return phase === "opening" ? await sendOpening(options, known) : await reopen(options, known);
  }
  if (state.phase !== "open") return await reopen(options, known);
  await book.recordChain(address, "open", state.deposited);
  return address;
}

/**
 * Adds to a channel's deposit, unless the chain already holds more than the books: a top-up that a crash left unrecorded
 * is taken over, not repeated.
 */
export async function topUpOutgoingChannel(
  { client, payer, book }: ChannelFunds,
  { address, deposit }: PaidChannel,
  amount: Nanotons,
): Promise<void> {
  const before = await readChannel(client, address);
  if (before?.deposited === deposit) {
    await payer.pay(topUpChannelMessage(address, amount));
  }
  const state = await arrival(client, address, (seen) => seen.deposited > deposit);
  await book.recordChain(address, state.phase === "open" ? "open" : "closed", state.deposited);
}

/** The chain closed the channel that the books have: it is over, and a new one takes its place. */
async function reopen(options: OutgoingOptions, known: PaidChannel): Promise<RawAddress> {
  await options.book.recordChain(known.address, "closed", known.deposit);
  return await openNew(options);
}

async function openNew(options: OutgoingOptions): Promise<RawAddress> {
  const { payer, book, payee, sessionKey, deposit, closeTimeoutSeconds } = options;
  const salt = randomSalt();
  const params = { payer: payer.address, payee, sessionKey, closeTimeoutSeconds, salt };
  const intended = { address: channelAddress(params), payee, closeTimeoutSeconds, salt, deposit };
  await book.intend(intended);
  return await sendOpening(options, intended);
}

async function sendOpening(
  { client, payer, book, sessionKey }: OutgoingOptions,
  channel: Omit<PaidChannel, "phase">,
): Promise<RawAddress> {
  const { address, payee, closeTimeoutSeconds, salt, deposit } = channel;
  const params = { payer: payer.address, payee, sessionKey, closeTimeoutSeconds, salt };
  await payer.pay(openChannelMessage(params, deposit));
  const { deposited } = await arrival(client, address, ({ phase }) => phase === "open");
  await book.recordChain(address, "open", deposited);
  return address;
}

/** The channel once the chain shows it so, or closed. Throws chain_unavailable when it does not. */
async function arrival(
  client: ChannelReader,
  address: RawAddress,
  hasArrived: (state: ChannelState) => boolean,
): Promise<ChannelState> {
  const deadlineMs = client.clock.nowMs() + arrivalTimeoutMs;
  for (;;) {
    const state = await readChannel(client, address);
    const isOver = state?.phase === "closing" || state?.phase === "closed";
    if (state !== undefined && (isOver || hasArrived(state))) return state;
    if (client.clock.nowMs() >= deadlineMs) {
      throw new CocoonError("chain_unavailable", { reason: "the channel's money did not arrive" });
    }
    await client.clock.wait(client.pollMs);
  }
}

/** 62 bits: no pair of parties meets one twice, and it fits the books' signed integers. */
function randomSalt(): bigint {
  return primitives.randomBytes(8).reduce((salt, byte) => (salt << 8n) | BigInt(byte), 0n) >> 2n;
}
