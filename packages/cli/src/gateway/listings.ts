// What a gateway's lists hold.

import { type JsonReader, type Nanotons, type Tier, tiers } from "@cocoon/protocol";

export type ReceiptState = "signed" | "included" | "anchored";

export const receiptStates: readonly ReceiptState[] = ["signed", "included", "anchored"];

export type ReceiptListing = {
  /** Request id, hex. */
  readonly id: string;
  readonly state: ReceiptState;
  /** Work and fee together. */
  readonly amount: Nanotons;
};

export type WorkerListing = {
  /** Worker id, hex. */
  readonly worker: string;
  readonly tier: Tier;
  /** Manifest hash, hex. */
  readonly model: string;
  readonly promptPerMillion: Nanotons;
  readonly completionPerMillion: Nanotons;
  readonly active: number;
  readonly slots: number;
};

/** What the proxy says of itself and of the market. */
export type ProxyStatus = {
  readonly feeBps: number;
  readonly logSize: number;
  readonly anchoredSize: number;
  readonly workers: readonly WorkerListing[];
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

export function readProxyStatus(json: JsonReader, workersMax: number): ProxyStatus {
  return {
    feeBps: json.uint("feeBps", 10_000),
    logSize: json.uint("logSize"),
    anchoredSize: json.uint("anchoredSize"),
    workers: json.objects("workers", workersMax).map(readWorkerListing),
  };
}

export function readWorkerListing(json: JsonReader): WorkerListing {
  return {
    worker: json.string("worker", 64),
    tier: json.oneOf("tier", tiers),
    model: json.string("model", 64),
    promptPerMillion: json.nanotons("promptPerMillion"),
    completionPerMillion: json.nanotons("completionPerMillion"),
    active: json.uint("active"),
    slots: json.uint("slots"),
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
