// What payer and payee do with a channel. All throw as Wallet.send does.

import { type Nanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import {
  channelAddress,
  channelAttachment,
  channelInit,
  type ChannelParams,
  type ClaimedVoucher,
  closeChannelBody,
  finishChannelCloseBody,
  openChannelBody,
  settleChannelBody,
  startChannelCloseBody,
  topUpChannelBody,
} from "@cocoon/contracts";
import { operate, type Operation } from "./operation.ts";
import type { ChainTransaction } from "./transaction.ts";
import type { WalletMessage } from "./transfer.ts";
import type { Wallet } from "./wallet.ts";

export type OpenChannelOptions = Omit<ChannelParams, "payer"> & {
  readonly deposit: Nanotons;
};

/** By the payer: deploys a channel with a deposit. Takes about 0.1 TON beyond it, most of which returns. */
export async function openChannel(
  wallet: Wallet,
  { deposit, ...options }: OpenChannelOptions,
): Promise<Operation & { readonly channel: RawAddress }> {
  const message = openChannelMessage({ ...options, payer: wallet.address }, deposit);
  return { ...(await operate(wallet, message)), channel: message.to };
}

/** What the payer sends to open a channel. */
export function openChannelMessage(params: ChannelParams, deposit: Nanotons): WalletMessage {
  return {
    to: channelAddress(params),
    value: nanotons(deposit + channelAttachment.open),
    init: channelInit(params),
    body: openChannelBody(deposit),
  };
}

/** By anyone: adds to the deposit of an open channel. */
export function topUpChannel(
  wallet: Wallet,
  channel: RawAddress,
  amount: Nanotons,
): Promise<Operation> {
  return operate(wallet, topUpChannelMessage(channel, amount));
}

/** What anyone sends to add to a deposit. */
export function topUpChannelMessage(channel: RawAddress, amount: Nanotons): WalletMessage {
  const value = nanotons(amount + channelAttachment.other);
  return { to: channel, value, body: topUpChannelBody(amount) };
}

/** By the payee: takes what a voucher promises beyond what was taken. */
export function settleChannel(
  wallet: Wallet,
  channel: RawAddress,
  voucher: ClaimedVoucher,
): Promise<Operation> {
  const value = channelAttachment.other;
  return operate(wallet, { to: channel, value, body: settleChannelBody(voucher) });
}

/** By the payee: takes what the last voucher promises and gives the rest back to the payer, at once. */
export function closeChannelCooperatively(
  wallet: Wallet,
  channel: RawAddress,
  voucher?: ClaimedVoucher,
): Promise<Operation> {
  const value = channelAttachment.other;
  return operate(wallet, { to: channel, value, body: closeChannelBody(voucher) });
}

/** By the payer: starts the time in which the payee can still settle. */
export function startChannelClose(wallet: Wallet, channel: RawAddress): Promise<Operation> {
  return operate(wallet, startChannelCloseMessage(channel));
}

/** What the payer sends to begin that time. */
export function startChannelCloseMessage(channel: RawAddress): WalletMessage {
  return { to: channel, value: channelAttachment.other, body: startChannelCloseBody() };
}

/** By the payer, after that time: takes back what is left. */
export function finishChannelClose(wallet: Wallet, channel: RawAddress): Promise<Operation> {
  return operate(wallet, finishChannelCloseMessage(channel));
}

/** What the payer sends once that time is over. */
export function finishChannelCloseMessage(channel: RawAddress): WalletMessage {
  return { to: channel, value: channelAttachment.other, body: finishChannelCloseBody() };
}

/** One channel's part of a settlement. */
export type Settlement = { readonly channel: RawAddress; readonly voucher: ClaimedVoucher };

/** What a wallet sends to settle these channels. */
export function settleMessages(settlements: readonly Settlement[]): readonly WalletMessage[] {
  const value = channelAttachment.other;
  return settlements.map(({ channel, voucher }) => {
    return { to: channel, value, body: settleChannelBody(voucher) };
  });
}

/**
 * By the payee of them all: settles up to 255 channels in one transaction of the wallet. Resolves when that is on the chain;
 * what each channel made of it is for the caller to look at: asking here would take two requests for each.
 */
export function settleChannels(
  wallet: Wallet,
  settlements: readonly Settlement[],
): Promise<ChainTransaction> {
  return wallet.submit(settleMessages(settlements));
}
