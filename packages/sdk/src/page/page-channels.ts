// What a page's channels hold, and what their payer can do with them beyond paying for answers.

import { CocoonError, nanotons, type Nanotons, type RawAddress } from "@cocoon/protocol";
import {
  finishChannelCloseMessage,
  readChannel,
  startChannelCloseMessage,
  type WalletMessage,
} from "../chain/index.ts";
import type { SessionPool } from "../session/index.ts";
import {
  type ChannelFunds,
  type PaidChannel,
  type PaymentStore,
  topUpOutgoingChannel,
} from "../spend/index.ts";

/** A channel that still holds money, or is about to. */
export type HeldChannel = {
  readonly address: RawAddress;
  readonly payee: RawAddress;
  /** `closing`: the payer closes it alone; the payee can still settle. */
  readonly phase: "opening" | "open" | "closing";
  /** Of one that is closing: when the payer can take the rest. Unix seconds. */
  readonly closesAtSeconds: number | undefined;
  /** All that was ever put in: what can be lost at most. */
  readonly deposited: Nanotons;
  /** What this client's answers cost so far. */
  readonly spent: Nanotons;
};

/** What the payer can do. All throw as Payer.pay() does, and chain_unavailable. */
export type PageChannels = {
  readonly list: () => Promise<readonly HeldChannel[]>;
  /** Adds to a deposit; resolves when the chain shows it. */
  readonly topUp: (channel: RawAddress, amount: Nanotons) => Promise<void>;
  /**
   * Pays what is owed and has the proxies close: what is left goes back to the payer at once. No channel is opened after
   * that. Throws peer_unreachable for a channel whose proxy is away.
   */
  readonly close: () => Promise<void>;
  /** Without the proxy: begins the time in which it can still settle. */
  readonly startClose: (channel: RawAddress) => Promise<void>;
  /** After that time: takes back what is left. */
  readonly finishClose: (channel: RawAddress) => Promise<void>;
};

export type PageChannelModules = ChannelFunds & {
  readonly store: Pick<PaymentStore, "spent">;
  readonly sessions: SessionPool;
  /** Called before the first channel is closed. */
  readonly stopOpening: () => void;
};

export function createPageChannels(modules: PageChannelModules): PageChannels {
  const { book, payer } = modules;
  const pay = async (message: WalletMessage): Promise<void> => await payer.pay(message);
  return {
    list: async () => {
      const held = await Promise.all((await book.list()).map((channel) => look(modules, channel)));
      return held.filter((channel) => channel !== undefined);
    },
    topUp: async (address, amount) => {
      const channel = await book.find(address);
      if (channel !== undefined) await topUpOutgoingChannel(modules, channel, amount);
    },
    close: async () => await closeThroughProxies(modules),
    startClose: async (address) => await pay(startChannelCloseMessage(address)),
    finishClose: async (address) => await pay(finishChannelCloseMessage(address)),
  };
}

/** Undefined when nothing of it is left. */
async function look(
  { client, store }: PageChannelModules,
  { address, deposit, payee, phase }: PaidChannel,
): Promise<HeldChannel | undefined> {
  const [state, spent] = await Promise.all([readChannel(client, address), store.spent(address)]);
  const known = { address, payee, spent, closesAtSeconds: undefined };
  if (state === undefined || state.phase === "unopened") {
    return phase === "opening" ? { ...known, phase, deposited: deposit } : undefined;
  }
  if (state.phase === "closed") return undefined;
  const closesAtSeconds = state.phase === "closing" ? state.closesAtSeconds : undefined;
  return { ...known, phase: state.phase, closesAtSeconds, deposited: state.deposited };
}

async function closeThroughProxies(modules: PageChannelModules): Promise<void> {
  const { book, sessions, stopOpening } = modules;
  stopOpening();
  const left = new Set((await book.list()).filter(isHeld).map(({ address }) => address));
  for (const session of sessions.all) {
    const { channel } = session;
    await session.closeChannel();
    await book.recordChain(channel, "closed", nanotons(session.account.deposit));
    left.delete(channel);
  }
  if (left.size > 0) throw new CocoonError("peer_unreachable", { channels: left.size });
}

function isHeld({ phase }: PaidChannel): boolean {
  return phase !== "closed";
}
