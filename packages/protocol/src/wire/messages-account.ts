// The account stream: one payment channel's state, as its two ends agree on it.

import { toHex } from "../bytes/index.ts";
import type { RawAddress } from "../codec/index.ts";
import type { Voucher } from "../payment/index.ts";
import type { Nanotons } from "../units/index.ts";
import { encodeJsonMessage, readJsonBody } from "./messages.ts";

/** What decides a channel's address: with the pinned contract code it can be recomputed. */
export type ChannelParams = {
  readonly payer: RawAddress;
  readonly payee: RawAddress;
  /** Ed25519 key that signs vouchers. 32 bytes. */
  readonly sessionKey: Uint8Array;
  readonly closeTimeoutSeconds: number;
  readonly salt: bigint;
};

/** The payee's view of a channel when the payer attaches. */
export type Account = {
  /** On chain, ever deposited and already paid out. */
  readonly deposit: Nanotons;
  readonly claimed: Nanotons;
  /** What acknowledged answers cost so far. */
  readonly posted: Nanotons;
  /** The highest voucher held. */
  readonly vouchered: Nanotons;
  /** How much may be unpaid before service stops. */
  readonly creditWindow: Nanotons;
  /** Answers that were logged but never acknowledged: request ids, hex. */
  readonly unacknowledged: readonly string[];
};

const requestIdsMax = 4_096;

export function encodeAttach(channel: RawAddress): Uint8Array {
  return encodeJsonMessage("attach", { channel });
}

export function readAttach(body: Uint8Array): RawAddress {
  return readJsonBody(body).address("channel");
}

export function encodeAccount(account: Account): Uint8Array {
  return encodeJsonMessage("account", account);
}

export function readAccount(body: Uint8Array): Account {
  const json = readJsonBody(body);
  return {
    deposit: json.nanotons("deposit"),
    claimed: json.nanotons("claimed"),
    posted: json.nanotons("posted"),
    vouchered: json.nanotons("vouchered"),
    creditWindow: json.nanotons("creditWindow"),
    unacknowledged: json.strings("unacknowledged", requestIdsMax),
  };
}

/** RECONCILE, UNCOMMITTED and COMMITTED: request ids, hex. */
export function encodeRequestIds(
  name: "reconcile" | "uncommitted" | "committed",
  requests: readonly string[],
): Uint8Array {
  return encodeJsonMessage(name, { requests });
}

export function readRequestIds(body: Uint8Array): string[] {
  return readJsonBody(body).strings("requests", requestIdsMax);
}

export function encodeVoucherMessage(voucher: Voucher): Uint8Array {
  return encodeJsonMessage("voucher", { ...voucher, signature: toHex(voucher.signature) });
}

export function readVoucherMessage(body: Uint8Array): Voucher {
  const json = readJsonBody(body);
  return {
    channel: json.address("channel"),
    cumulative: json.nanotons("cumulative"),
    signature: json.hex("signature", 64),
  };
}

export function encodeVoucherHeld(cumulative: Nanotons): Uint8Array {
  return encodeJsonMessage("voucherHeld", { cumulative });
}

export function readVoucherHeld(body: Uint8Array): Nanotons {
  return readJsonBody(body).nanotons("cumulative");
}

/** PAYFROM: the channel that the proxy pays a worker from. */
export function encodePayFrom(params: ChannelParams): Uint8Array {
  return encodeJsonMessage("payFrom", { ...params, sessionKey: toHex(params.sessionKey) });
}

export function readPayFrom(body: Uint8Array): ChannelParams {
  const json = readJsonBody(body);
  return {
    payer: json.address("payer"),
    payee: json.address("payee"),
    sessionKey: json.hex("sessionKey", 32),
    closeTimeoutSeconds: json.uint("closeTimeoutSeconds", 2 ** 32 - 1),
    salt: BigInt(json.nanotons("salt")),
  };
}

/** CLOSED: the transaction that closed the channel on chain. */
export type Closed = { readonly transaction: string; readonly paid: Nanotons };

export function encodeClosed(closed: Closed): Uint8Array {
  return encodeJsonMessage("closed", closed);
}

export function readClosed(body: Uint8Array): Closed {
  const json = readJsonBody(body);
  return { transaction: toHex(json.hex("transaction", 32)), paid: json.nanotons("paid") };
}
