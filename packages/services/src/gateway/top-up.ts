// Keeping the channel funded, within what its owner allows.

import type { Wallet } from "@cocoon/sdk";
import { topUpOutgoingChannel } from "../channels/index.ts";
import type { GatewayConfig } from "../config/index.ts";
import type { OutgoingLedger } from "../ledger/index.ts";
import type { Logger } from "../observe/index.ts";
import type { AnswerStore } from "./answer-store.ts";

export type TopUpModules = {
  readonly config: Pick<GatewayConfig, "depositNanotons" | "budgetNanotons">;
  readonly wallet: Wallet;
  readonly ledger: OutgoingLedger;
  readonly answers: AnswerStore;
  readonly logger: Logger;
};

/** Adds a deposit to each open channel of which less than half a deposit is left, while the budget lasts. */
export async function topUpChannels(modules: TopUpModules): Promise<void> {
  const { config, wallet, ledger, answers, logger } = modules;
  const { depositNanotons, budgetNanotons = depositNanotons } = config;
  for (const channel of ledger.list()) {
    if (channel.phase !== "open") continue;
    const left = channel.deposit - (await answers.spent(channel.address));
    const isLow = 2n * left < depositNanotons;
    if (!isLow || channel.deposit + depositNanotons > budgetNanotons) continue;
    await topUpOutgoingChannel(wallet, ledger, channel, depositNanotons);
    logger.event("channel_topped_up", { channel: channel.address });
  }
}
