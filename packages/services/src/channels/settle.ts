// Turning vouchers into coins.

import { CocoonError, type Nanotons, type RawAddress } from "@cocoon/protocol";
import { settleChannel, type Wallet } from "@cocoon/sdk";
import type { IncomingChannel, IncomingLedger } from "../ledger/index.ts";
import type { Logger } from "../observe/index.ts";
import { refreshIncomingChannel } from "./incoming.ts";

export type SettleModules = {
  readonly wallet: Wallet;
  readonly ledger: IncomingLedger;
  readonly logger: Logger;
};

/**
 * Settles every channel with at least this much vouchered and not yet paid out; and, however little it is, every channel
 * that its payer has begun to close. A channel that fails does not hold up the others.
 */
export async function settleAll(modules: SettleModules, threshold: Nanotons): Promise<void> {
  const { wallet, ledger, logger } = modules;
  for (const known of ledger.list()) {
    if (known.phase === "closed") continue;
    try {
      const channel = await refreshIncomingChannel(
        wallet.client,
        ledger,
        known.address,
        wallet.address,
      );
      const open = channel.vouchered - channel.claimed;
      const isDue = channel.phase === "closing" ? open > 0n : open > 0n && open >= threshold;
      if (isDue && channel.phase !== "closed") await settleIncomingChannel(modules, channel);
    } catch (error) {
      const code = error instanceof CocoonError ? error.code : "internal";
      logger.warn("settlement_failed", { channel: known.address, code });
    }
  }
}

/** Takes what the highest voucher promises. Returns the transaction's hash, or undefined when there is nothing to take. */
export async function settleIncomingChannel(
  { wallet, ledger, logger }: SettleModules,
  channel: IncomingChannel,
): Promise<string | undefined> {
  const { voucher, address } = channel;
  if (voucher === undefined || voucher.cumulative <= channel.claimed) return undefined;
  const { hash } = await settleChannel(wallet, address, voucher);
  await refresh(wallet, ledger, address);
  logger.event("channel_settled", { channel: address, transaction: hash });
  return hash;
}

async function refresh(wallet: Wallet, ledger: IncomingLedger, address: RawAddress): Promise<void> {
  await refreshIncomingChannel(wallet.client, ledger, address, wallet.address);
}
