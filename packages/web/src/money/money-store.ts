// What is being done about money, by whom: one thing at a time, wherever it is shown.

import { type Nanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import type { HeldChannel } from "@cocoon/sdk";
import { createLive, type Shown } from "../live/index.ts";
import type { NetworkDescription } from "../network/index.ts";
import {
  chooseFunding,
  closeSession,
  failureOf,
  type FundedClient,
  fundingOf,
  openClient,
  openSession,
  returnRest,
} from "../session/index.ts";
import {
  connectWallet,
  type ConnectedWallet,
  disconnectWallet,
  type OfferedWallet,
  offeredWallets,
} from "../wallet/index.ts";

export type MoneyWork = "opening" | "toppingUp" | "closing" | "closingAlone" | "takingRest";

export type MoneyState = {
  readonly stage:
    | { readonly name: "rest" }
    | { readonly name: "choosing"; readonly wallets: readonly OfferedWallet[] | undefined }
    | { readonly name: "connecting"; readonly wallet: OfferedWallet; readonly link?: string }
    | { readonly name: "connected"; readonly wallet: ConnectedWallet }
    | { readonly name: "working"; readonly work: MoneyWork };
  readonly failure: { readonly code: string; readonly message: string } | undefined;
  /** What the last close sent back. */
  readonly returned: Nanotons | undefined;
};

const atRest: MoneyState = { stage: { name: "rest" }, failure: undefined, returned: undefined };

const state = createLive(atRest);
let connecting: AbortController | undefined;

export const moneyState: Shown<MoneyState> = state;

function tell(next: Partial<MoneyState>): void {
  state.write({ ...state.read(), ...next });
}

function fail(error: unknown): void {
  tell({ stage: { name: "rest" }, failure: failureOf(error) });
}

export async function chooseWallet(network: NetworkDescription): Promise<void> {
  tell({ ...atRest, stage: { name: "choosing", wallets: undefined } });
  try {
    const wallets = await offeredWallets(network);
    if (state.read().stage.name === "choosing") tell({ stage: { name: "choosing", wallets } });
  } catch (error) {
    fail(error);
  }
}

export async function connect(network: NetworkDescription, wallet: OfferedWallet): Promise<void> {
  connecting = new AbortController();
  tell({ stage: { name: "connecting", wallet }, failure: undefined });
  const onLink = (link: string): void => tell({ stage: { name: "connecting", wallet, link } });
  try {
    const connected = await connectWallet(network, wallet, onLink, connecting.signal);
    tell({ stage: { name: "connected", wallet: connected } });
  } catch (error) {
    if (connecting.signal.aborted) tell(atRest);
    else fail(error);
  }
}

/** Goes back to who paid before. */
export function giveUp(): void {
  connecting?.abort();
  tell(atRest);
}

/** From now on a wallet pays: a channel is opened with this deposit, after its owner agreed. */
export async function openChannel(
  network: NetworkDescription,
  { address, name }: ConnectedWallet,
  deposit: Nanotons,
): Promise<void> {
  const before = fundingOf(network);
  await work("opening", async () => {
    if (before?.kind === "demo") await returnRest();
    await closeSession();
    const depositNanotons = deposit.toString();
    chooseFunding(network, { kind: "wallet", app: name, address, depositNanotons });
    try {
      await openSession(network);
    } catch (error) {
      await closeSession();
      chooseFunding(network, before);
      throw error;
    }
  });
}

export async function topUp(
  network: NetworkDescription,
  channel: RawAddress,
  amount: Nanotons,
): Promise<void> {
  await withPayer(network, "toppingUp", ({ client }) => client.money.topUp(channel, amount));
}

/** Through the proxies: what is left goes back at once, and nobody pays any more. */
export async function closeChannels(network: NetworkDescription): Promise<void> {
  await work("closing", async () => {
    const { money } = await openSession(network);
    const rest = restOf(await money.list());
    await money.close();
    await leave(network);
    tell({ returned: rest });
  });
}

/** Without the proxy: it can still take what it was promised, for as long as the channel says. */
export async function closeAlone(network: NetworkDescription, channel: RawAddress): Promise<void> {
  await withPayer(network, "closingAlone", ({ client }) => client.money.startClose(channel));
}

export async function takeRest(network: NetworkDescription, channel: RawAddress): Promise<void> {
  await withPayer(network, "takingRest", ({ client }) => client.money.finishClose(channel));
}

/** The wallet pays no more; nothing of its is left in a channel. */
export async function leave(network: NetworkDescription): Promise<void> {
  await closeSession();
  chooseFunding(network, undefined);
  await disconnectWallet();
}

/** What the payer gets back when these are closed now. */
export function restOf(channels: readonly HeldChannel[]): Nanotons {
  return nanotons(channels.reduce((sum, { deposited, spent }) => sum + deposited - spent, 0n));
}

async function withPayer(
  network: NetworkDescription,
  name: MoneyWork,
  task: (funded: FundedClient) => Promise<void>,
): Promise<void> {
  await work(name, async () => {
    const funded = await openClient(network);
    await funded.paying(() => task(funded));
  });
}

async function work(name: MoneyWork, task: () => Promise<void>): Promise<void> {
  tell({ ...atRest, stage: { name: "working", work: name } });
  try {
    await task();
    tell({ stage: { name: "rest" } });
  } catch (error) {
    fail(error);
  }
}
