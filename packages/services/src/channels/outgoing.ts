// Opening a channel so that a crash at any moment leaves one channel, known to both the books and the chain.

import {
  CocoonError,
  nanotons,
  type Nanotons,
  primitives,
  type RawAddress,
} from "@cocoon/protocol";
import { channelAddress } from "@cocoon/contracts";
import { openChannel, readChannel, topUpChannel, type Wallet } from "@cocoon/sdk";
import type { OutgoingChannel, OutgoingLedger } from "../ledger/index.ts";

export type OutgoingOptions = {
  readonly wallet: Wallet;
  readonly ledger: OutgoingLedger;
  readonly payee: RawAddress;
  /** Signs vouchers. Public, 32 bytes. */
  readonly sessionKey: Uint8Array;
  readonly deposit: Nanotons;
  readonly closeTimeoutSeconds: number;
};

/**
 * The open channel to the payee: the one there is, the one that was being opened, or a new one. One that was open is
 * taken to be so while the chain is away.
 */
export async function openOutgoingChannel(options: OutgoingOptions): Promise<OutgoingChannel> {
  const known = options.ledger.findByPayee(options.payee);
  if (known === undefined) return await openNew(options);
  try {
    return await reviewKnown(options, known);
  } catch (error) {
    const isAway = error instanceof CocoonError && error.code === "chain_unavailable";
    if (!isAway || known.phase !== "open") throw error;
    return known;
  }
}

/** What the books say of a channel, brought in line with the chain. */
async function reviewKnown(
  options: OutgoingOptions,
  known: OutgoingChannel,
): Promise<OutgoingChannel> {
  const { ledger, wallet } = options;
  const state = await readChannel(wallet.client, known.address);
  if (state === undefined || state.phase === "unopened") {
    return known.phase === "opening"
      ? await sendOpening(options, known)
      : await reopen(options, known);
  }
  if (state.phase !== "open") return await reopen(options, known);
  await ledger.recordChain(known.address, "open", state.deposited);
  return { ...known, phase: "open", deposit: state.deposited };
}

/**
 * Adds to a channel's deposit, unless the chain already holds more than the books: a top-up that a crash left unrecorded
 * is taken over, not repeated.
 */
export async function topUpOutgoingChannel(
  wallet: Wallet,
  ledger: OutgoingLedger,
  { address, deposit }: OutgoingChannel,
  amount: Nanotons,
): Promise<void> {
  const before = await readChannel(wallet.client, address);
  if (before?.deposited === deposit) await topUpChannel(wallet, address, amount);
  const state = await readChannel(wallet.client, address);
  if (state === undefined) return;
  await ledger.recordChain(address, state.phase === "open" ? "open" : "closed", state.deposited);
}

/** The chain closed the channel that the books have: it is over, and a new one takes its place. */
async function reopen(options: OutgoingOptions, known: OutgoingChannel): Promise<OutgoingChannel> {
  await options.ledger.recordChain(known.address, "closed", known.deposit);
  return await openNew(options);
}

async function openNew(options: OutgoingOptions): Promise<OutgoingChannel> {
  const { wallet, ledger, payee, sessionKey, deposit, closeTimeoutSeconds } = options;
  const salt = randomSalt();
  const params = { payer: wallet.address, payee, sessionKey, closeTimeoutSeconds, salt };
  const address = channelAddress(params);
  const intended = { address, payee, closeTimeoutSeconds, salt, deposit };
  await ledger.intend(intended);
  return await sendOpening(options, { ...intended, phase: "opening", owed: nanotons(0n) });
}

async function sendOpening(
  { wallet, ledger, sessionKey }: OutgoingOptions,
  channel: OutgoingChannel,
): Promise<OutgoingChannel> {
  const { address, payee, closeTimeoutSeconds, salt, deposit } = channel;
  await openChannel(wallet, { payee, sessionKey, closeTimeoutSeconds, salt, deposit });
  await ledger.recordChain(address, "open", deposit);
  return { ...channel, phase: "open" };
}

/** 62 bits: no pair of parties meets one twice, and it fits the books' signed integers. */
function randomSalt(): bigint {
  return primitives.randomBytes(8).reduce((salt, byte) => (salt << 8n) | BigInt(byte), 0n) >> 2n;
}
