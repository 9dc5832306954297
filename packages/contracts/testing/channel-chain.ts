// A channel on a test chain, for the tests of Channel.tolk.

import assert from "node:assert/strict";
import type { Cell } from "@ton/core";
import {
  type Nanotons,
  nanotons,
  type RawAddress,
  signVoucher,
  type Voucher,
} from "@cocoon/protocol";
import {
  channelAddress,
  channelAttachment,
  channelGetter,
  channelInit,
  type ChannelParams,
  type ChannelState,
  exitCodeName,
  openChannelBody,
  parseChannel,
  parseChannelData,
} from "../src/index.ts";
import {
  agreedState,
  createTestChain,
  type Outcome,
  testAddress,
  type TestChain,
  testKey,
  ton,
} from "./chain.ts";
import { testNetworkId } from "./prices.ts";

export const payer = testAddress("payer");
export const payee = testAddress("payee");
export const stranger = testAddress("stranger");
export const session = testKey("session");
export const params: ChannelParams = {
  payer,
  payee,
  sessionKey: session.publicKey,
  closeTimeoutSeconds: 3_600,
  salt: 1n,
};
const channelReaders = {
  getter: channelGetter,
  parse: parseChannel,
  parseData: parseChannelData,
};
export const deposit = nanotons(10n * ton);
export const attached = channelAttachment.other;

export function coins(tons: number): Nanotons {
  return nanotons(BigInt(tons * 1e9));
}

export function voucher(
  cumulative: Nanotons,
  channel = channelAddress(params),
  network = testNetworkId,
): Voucher {
  return signVoucher(session, network, channel, cumulative);
}

export type ChannelChain = TestChain & {
  readonly address: RawAddress;
  readonly call: (from: RawAddress, body: Cell, value?: bigint) => Promise<Outcome>;
  /** Opens the channel with the deposit. */
  readonly open: (from?: RawAddress, value?: bigint) => Promise<Outcome>;
  readonly state: () => Promise<ChannelState>;
};

/** A chain on which the channel with these params can be opened. */
export async function createChannelChain(
  overrides: Partial<ChannelParams> = {},
): Promise<ChannelChain> {
  const chain = await createTestChain();
  const channel = { ...params, ...overrides };
  const address = channelAddress(channel);
  const init = channelInit(channel);
  const body = openChannelBody(deposit);
  return {
    ...chain,
    address,
    call: (from, called, value = attached) => {
      return chain.send({ from, to: address, value, body: called });
    },
    open: (from = payer, value = deposit + channelAttachment.open) => {
      return chain.send({ from, to: address, value, init, body });
    },
    state: () => agreedState(chain, address, channelReaders),
  };
}

export async function createOpenChannel(): Promise<ChannelChain> {
  const chain = await createChannelChain();
  assert.equal((await chain.open()).exitCode, 0);
  return chain;
}

/** A refusal bounces all that was sent, less the gas, and changes nothing. */
export function assertRefused(outcome: Outcome, name: string, value: bigint = attached): void {
  assert.equal(exitCodeName(outcome.exitCode ?? 0), name);
  assert.ok(outcome.bounced !== undefined);
  assert.ok(outcome.bounced > value - 400_000n);
}
