// What a gateway's lists hold.

import type { JsonReader, Nanotons } from "@cocoon/protocol";

export type ReceiptState = "signed" | "included" | "anchored";

export const receiptStates: readonly ReceiptState[] = ["signed", "included", "anchored"];

export type ReceiptListing = {
  /** Request id, hex. */
  readonly id: string;
  readonly state: ReceiptState;
  /** Work and fee together. */
  readonly amount: Nanotons;
};

export type ChannelListing = {
  readonly address: string;
  readonly phase: string;
  readonly deposit: Nanotons;
  readonly spent: Nanotons;
  /** What the proxy holds a voucher for; undefined for a channel that is not in use. */
  readonly vouchered: Nanotons | undefined;
};

export function readReceiptListing(json: JsonReader): ReceiptListing {
  return {
    id: json.string("id", 64),
    state: json.oneOf("state", receiptStates),
    amount: json.nanotons("amountNanotons"),
  };
}

export function readChannelListing(json: JsonReader): ChannelListing {
  const vouchered = json.has("voucheredNanotons") ? json.nanotons("voucheredNanotons") : undefined;
  return {
    address: json.string("address", 67),
    phase: json.string("phase", 32),
    deposit: json.nanotons("depositNanotons"),
    spent: json.nanotons("spentNanotons"),
    vouchered,
  };
}
