// Turning vouchers into coins.

import { CocoonError, type Nanotons, type RawAddress, type Voucher } from "@cocoon/protocol";
import { settleChannel, settleChannels, type Settlement, type Wallet } from "@cocoon/sdk";
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
  for (const address of addresses) {
    const voucher = await dueVoucher(modules, address, threshold);
    if (voucher !== undefined) due.push({ channel: address, voucher });
  }
  while (due.length > 0) await settleBatch(modules, due.splice(0, batchMax));
}

/** The voucher to settle a channel with now, if there is something to take. */
async function dueVoucher(
  { wallet, ledger, logger }: SettleModules,
  address: RawAddress,
  threshold: Nanotons | undefined,
): Promise<Voucher | undefined> {
  try {
    const channel = await refreshIncomingChannel(wallet.client, ledger, address, wallet.address);
    return isDue(channel, threshold) ? channel.voucher : undefined;
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

/** A batch fails as a whole when one message of it fails; then each is tried alone. */
async function settleBatch(
  modules: SettleModules,
  settlements: readonly Settlement[],
): Promise<void> {
  const { wallet, logger } = modules;
  try {
    const { hash } = await settleChannels(wallet, settlements);
    logger.event("channels_settled", { count: settlements.length, transaction: hash });
  } catch (error) {
    logger.warn("settlement_failed", { count: settlements.length, code: codeOf(error) });
    if (settlements.length > 1) await settleOneByOne(modules, settlements);
  }
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
