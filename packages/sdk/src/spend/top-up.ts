// Keeping channels funded, within what their owner allows.

import type { Nanotons, RawAddress } from "@cocoon/protocol";
import { type ChannelFunds, topUpOutgoingChannel } from "./outgoing.ts";
import type { PaymentStore } from "./payment-store.ts";

export type TopUpModules = ChannelFunds & {
  readonly store: Pick<PaymentStore, "spent">;
  readonly depositNanotons: Nanotons;
  /** The most that is ever put into one channel. Default: one deposit. */
  readonly budgetNanotons?: Nanotons | undefined;
  readonly onToppedUp?: (channel: RawAddress) => void;
};

/** Adds a deposit to each open channel of which less than half a deposit is left, while the budget lasts. */
export async function topUpChannels(modules: TopUpModules): Promise<void> {
  const { book, store, depositNanotons, budgetNanotons = depositNanotons } = modules;
  for (const channel of await book.list()) {
    if (channel.phase !== "open") continue;
    const left = channel.deposit - (await store.spent(channel.address));
    const isLow = 2n * left < depositNanotons;
    if (!isLow || channel.deposit + depositNanotons > budgetNanotons) continue;
    await topUpOutgoingChannel(modules, channel, depositNanotons);
    modules.onToppedUp?.(channel.address);
  }
}
