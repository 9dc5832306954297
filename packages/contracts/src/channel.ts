// The payment channel: tolk/Channel.tolk.

import { beginCell, type Cell, type Slice } from "@ton/core";
import { type Nanotons, nanotons, type RawAddress } from "@cocoon/protocol";
import { initAddress, rawAddress, tonAddress } from "./address.ts";
import { bareBody, readCell, readData, storeFixed } from "./cells.ts";
import { type ContractCode, contractCode, type ContractInit } from "./code.ts";
import { channelCompiled } from "./compiled/channel.ts";
import { type GetterStack, readStack, type StackReader } from "./getter-stack.ts";

/** The code that every channel has. */
export const channelCode: ContractCode = contractCode(channelCompiled);

/** What a channel is, for ever: with the code it makes the address, so either side can compute it. */
export type ChannelParams = {
  readonly payer: RawAddress;
  readonly payee: RawAddress;
  /** Ed25519 public key, 32 bytes: signs the payer's vouchers. */
  readonly sessionKey: Uint8Array;
  /** How long the payee can still settle after the payer started to close. */
  readonly closeTimeoutSeconds: number;
  /** u64. Tells channels of the same pair apart; a payer never uses one twice. */
  readonly salt: bigint;
};

/** A channel is in exactly one of these phases. */
export type ChannelPhase =
  | { readonly phase: "unopened" }
  | { readonly phase: "open" }
  | {
      readonly phase: "closing";
      /** Unix seconds from which the payer can take what is left. */
      readonly closesAtSeconds: number;
    }
  | { readonly phase: "closed" };

/** A channel as its get method tells it. */
export type ChannelState = ChannelParams &
  ChannelPhase & {
    /** All that was ever put in for the payee to earn. */
    readonly deposited: Nanotons;
    /** What was paid out to the payee so far. */
    readonly claimed: Nanotons;
  };

export const channelOpcodes = {
  open: 0x43480001,
  topUp: 0x43480002,
  settle: 0x43480003,
  close: 0x43480004,
  startClose: 0x43480005,
  finishClose: 0x43480006,
} as const;

/** What the contract sends to payer and payee. */
export const channelNotices = {
  payout: 0x43481001,
  refund: 0x43481002,
  excesses: 0xd53276db,
} as const;

/** The contract's events, external messages to nobody. */
export const channelEvents = {
  settled: 0x43482001,
  closing: 0x43482002,
  closed: 0x43482003,
} as const;

export const channelGetter = "get_channel";

/**
 * What to attach to a message beyond the amount that it names. Enough at the prices before 2026 too, six times
 * today's; what is not used returns at once. Opening leaves five years of storage behind: 10,000,000 at today's prices.
 */
export const channelAttachment = {
  open: nanotons(100_000_000n),
  other: nanotons(50_000_000n),
} as const;

/** Code and first data of a channel. Malformed params are a bug of the caller. */
export function channelInit(params: ChannelParams): ContractInit {
  const constant = beginCell()
    .storeAddress(tonAddress(params.payer))
    .storeAddress(tonAddress(params.payee))
    .store(storeFixed(params.sessionKey, 32))
    .storeUint(params.closeTimeoutSeconds, 32)
    .storeUint(params.salt, 64);
  const data = beginCell()
    .storeUint(0, 8)
    .storeUint(0, 32)
    .storeCoins(0)
    .storeCoins(0)
    .storeRef(constant);
  return { code: channelCode.cell, data: data.endCell() };
}

/** Where the channel with these params is, open or not. */
export function channelAddress(params: ChannelParams): RawAddress {
  return initAddress(channelInit(params));
}

/** From the payer, with amount and channelAttachment.open as value. */
export function openChannelBody(amount: Nanotons, queryId = 0n): Cell {
  return amountBody(channelOpcodes.open, amount, queryId);
}

/** From anyone, with amount and channelAttachment.other as value. */
export function topUpChannelBody(amount: Nanotons, queryId = 0n): Cell {
  return amountBody(channelOpcodes.topUp, amount, queryId);
}

/** What a voucher says to the contract; its signature is 64 bytes over voucherDigest. */
export type ClaimedVoucher = { readonly cumulative: Nanotons; readonly signature: Uint8Array };

/** From the payee: pays out what the voucher promises beyond what was claimed. */
export function settleChannelBody(voucher: ClaimedVoucher, queryId = 0n): Cell {
  return voucherBody(channelOpcodes.settle, voucher, queryId);
}

/** From the payee: pays out, and returns the rest to the payer at once. Without a voucher, only what was claimed. */
export function closeChannelBody(voucher?: ClaimedVoucher, queryId = 0n): Cell {
  const nothing = { cumulative: nanotons(0n), signature: new Uint8Array(64) };
  return voucherBody(channelOpcodes.close, voucher ?? nothing, queryId);
}

/** From the payer: starts the dispute window. */
export function startChannelCloseBody(queryId = 0n): Cell {
  return bareBody(channelOpcodes.startClose, queryId);
}

/** From the payer, after the window: returns what is left and destroys the account. */
export function finishChannelCloseBody(queryId = 0n): Cell {
  return bareBody(channelOpcodes.finishClose, queryId);
}

/** Reads the result of channelGetter. Throws contract_unexpected. */
export function parseChannel(stack: GetterStack): ChannelState {
  return readStack(channelGetter, stack, (reader) => {
    const phase = readPhase(reader);
    return {
      ...phase,
      claimed: reader.nanotons(),
      deposited: reader.nanotons(),
      payer: reader.address(),
      payee: reader.address(),
      sessionKey: reader.bytes32(),
      closeTimeoutSeconds: reader.uint32(),
      salt: reader.uint64(),
    };
  });
}

/** Reads the data cell of a channel's account, which says what its get method would. Throws contract_unexpected. */
export function parseChannelData(data: Cell): ChannelState {
  return readData("channel", data, (slice) => ({
    ...phaseOf(slice.loadUint(8), slice.loadUint(32)),
    claimed: nanotons(slice.loadCoins()),
    deposited: nanotons(slice.loadCoins()),
    ...readCell(slice.loadRef(), loadParams),
  }));
}

function loadParams(slice: Slice): ChannelParams {
  return {
    payer: rawAddress(slice.loadAddress()),
    payee: rawAddress(slice.loadAddress()),
    sessionKey: Uint8Array.from(slice.loadBuffer(32)),
    closeTimeoutSeconds: slice.loadUint(32),
    salt: slice.loadUintBig(64),
  };
}

function readPhase(reader: StackReader): ChannelPhase {
  return phaseOf(reader.uint(3), reader.uint32());
}

function phaseOf(number: number, closesAtSeconds: number): ChannelPhase {
  const phase = (["unopened", "open", "closing", "closed"] as const)[number];
  if (phase === undefined) throw new RangeError("no such phase");
  return phase === "closing" ? { phase, closesAtSeconds } : { phase };
}

function amountBody(opcode: number, amount: Nanotons, queryId: bigint): Cell {
  return beginCell().storeUint(opcode, 32).storeUint(queryId, 64).storeCoins(amount).endCell();
}

function voucherBody(opcode: number, voucher: ClaimedVoucher, queryId: bigint): Cell {
  return beginCell()
    .storeUint(opcode, 32)
    .storeUint(queryId, 64)
    .storeCoins(voucher.cumulative)
    .store(storeFixed(voucher.signature, 64))
    .endCell();
}
