// Turning vouchers into coins.

import { CocoonError, type Nanotons, primitives, type RawAddress } from "@cocoon/protocol";
import {
  type ChannelState,
  glanceAtChannels,
  settleChannel,
  settleChannels,
  type Settlement,
  type Wallet,
} from "@cocoon/sdk";
import type { IncomingChannel, IncomingLedger } from "../ledger/index.ts";
import type { Logger } from "../observe/index.ts";
import { refreshIncomingChannel } from "./incoming.ts";

export type SettleModules = {
  readonly wallet: Wallet;
  readonly ledger: IncomingLedger;
  readonly logger: Logger;
};

/** One transaction of the wallet carries this many settlements; v5r1 allows 255. */
const batchMax = 100;

/**
 * Settles every channel with at least this much vouchered and not yet paid out; and, however little it is, every channel
 * that its payer has begun to close: this is the watch that a payee keeps over a unilateral close. Hundreds of channels
 * take a few transactions. A channel that fails does not hold up the others.
 */
export async function settleAll(modules: SettleModules, threshold: Nanotons): Promise<void> {
  await settleThese(modules, openChannels(modules.ledger), threshold);
}

/** Of these channels, settles those that their payers have begun to close; and takes over what the chain says of all. */
export async function settleClosing(
  modules: SettleModules,
  addresses: Iterable<RawAddress>,
): Promise<void> {
  await settleThese(modules, addresses, undefined);
}

/** The channels that may still pay. */
export function openChannels(ledger: IncomingLedger): RawAddress[] {
  return ledger.list().flatMap(({ address, phase }) => (phase === "closed" ? [] : [address]));
}

async function settleThese(
  modules: SettleModules,
  addresses: Iterable<RawAddress>,
  threshold: Nanotons | undefined,
): Promise<void> {
  const due: Settlement[] = [];
  for (const channel of await lookAtAll(modules, [...addresses])) {
    const voucher = isDue(channel, threshold) ? channel.voucher : undefined;
    if (voucher !== undefined) due.push({ channel: channel.address, voucher });
  }
  while (due.length > 0) await settleBatch(modules, due.splice(0, batchMax));
}

/** So many channels with something to take are read with a proof at each look, whatever a glance says of them. */
const provenPerLook = 16;

/**
 * The channels as they are now. A glance at all of them takes a request for each hundred; those that are not as the books
 * say, and some others by lot, are read one by one. Who answers the glance can hide a change for a while, not for long.
 */
async function lookAtAll(
  modules: SettleModules,
  addresses: readonly RawAddress[],
): Promise<readonly IncomingChannel[]> {
  const { wallet, ledger, logger } = modules;
  const glimpses = await glanceAtChannels(wallet.client, addresses).catch((error: unknown) => {
    logger.warn("channels_unread", { count: addresses.length, code: codeOf(error) });
    return undefined;
  });
  if (glimpses === undefined) return [];
  const drawn = draw(addresses.filter((address) => isOwed(ledger.find(address))));
  const found: IncomingChannel[] = [];
  for (const address of addresses) {
    const known = ledger.find(address);
    const isKnown = known !== undefined && isAsKnown(known, glimpses.get(address));
    const channel = isKnown && !drawn.has(address) ? known : await readAgain(modules, address);
    if (channel !== undefined) found.push(channel);
  }
  return found;
}

function isOwed(channel: IncomingChannel | undefined): boolean {
  return channel !== undefined && channel.vouchered > channel.claimed;
}

function isAsKnown(known: IncomingChannel, seen: ChannelState | undefined): boolean {
  return (
    seen !== undefined &&
    seen.phase === known.phase &&
    seen.deposited === known.deposit &&
    seen.claimed === known.claimed
  );
}

/** Some of the addresses, which nobody can foresee. */
function draw(addresses: readonly RawAddress[]): ReadonlySet<RawAddress> {
  if (addresses.length <= provenPerLook) return new Set(addresses);
  const start = new DataView(primitives.randomBytes(4).buffer).getUint32(0) % addresses.length;
  const round = [...addresses.slice(start), ...addresses.slice(0, start)];
  return new Set(round.slice(0, provenPerLook));
}

async function readAgain(
  { wallet, ledger, logger }: SettleModules,
  address: RawAddress,
): Promise<IncomingChannel | undefined> {
  try {
    return await refreshIncomingChannel(wallet.client, ledger, address, wallet.address);
  } catch (error) {
    logger.warn("channel_unread", { channel: address, code: codeOf(error) });
    return undefined;
  }
}

function isDue(
  { phase, vouchered, claimed }: IncomingChannel,
  threshold: Nanotons | undefined,
): boolean {
  const open = vouchered - claimed;
  if (phase === "closed" || open <= 0n) return false;
  return phase === "closing" || (threshold !== undefined && open >= threshold);
}

/** One transaction for all; a channel that it did not settle is tried alone. */
async function settleBatch(
  modules: SettleModules,
  settlements: readonly Settlement[],
): Promise<void> {
  const { wallet, logger } = modules;
  try {
    const { hash } = await settleChannels(wallet, settlements);
    const left = await unsettled(modules, settlements);
    logger.event("channels_settled", {
      count: settlements.length - left.length,
      transaction: hash,
    });
    await settleOneByOne(modules, left);
  } catch (error) {
    logger.warn("settlement_failed", { count: settlements.length, code: codeOf(error) });
    if (settlements.length > 1) await settleOneByOne(modules, settlements);
  }
}

/** A message takes a block or two; one that was not executed after so long was refused. */
const arrivalTimeoutMs = 30_000;

/** Waits until a glance shows all of them settled, then reads each; those that are not. */
async function unsettled(
  modules: SettleModules,
  settlements: readonly Settlement[],
): Promise<readonly Settlement[]> {
  const { client } = modules.wallet;
  const addresses = settlements.map(({ channel }) => channel);
  const deadlineMs = client.clock.nowMs() + arrivalTimeoutMs;
  for (;;) {
    const seen = await glanceAtChannels(client, addresses);
    const isWaiting = settlements.some(({ channel, voucher }) => {
      const state = seen.get(channel);
      return state !== undefined && state.claimed < claimableOf(state.deposited, voucher);
    });
    if (!isWaiting || client.clock.nowMs() >= deadlineMs) break;
    await client.clock.wait(client.pollMs);
  }
  const left: Settlement[] = [];
  for (const settlement of settlements) {
    const channel = await readAgain(modules, settlement.channel);
    const isOpen = channel !== undefined && channel.phase !== "closed";
    if (isOpen && channel.claimed < claimableOf(channel.deposit, settlement.voucher)) {
      left.push(settlement);
    }
  }
  return left;
}

function claimableOf(deposit: Nanotons, { cumulative }: Settlement["voucher"]): Nanotons {
  return cumulative < deposit ? cumulative : deposit;
}

async function settleOneByOne(
  { wallet, logger }: SettleModules,
  settlements: readonly Settlement[],
): Promise<void> {
  for (const { channel, voucher } of settlements) {
    try {
      await settleChannel(wallet, channel, voucher);
    } catch (error) {
      logger.warn("settlement_failed", { channel, code: codeOf(error) });
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof CocoonError ? error.code : "internal";
}
