// STATUS: what a proxy tells anyone who asks, on a stream of its own and as GET /status. All of it is public: the chain,
// the log and the market.

import type { JsonReader, RawAddress } from "../codec/index.ts";
import { type Price, readPrice } from "../payment/index.ts";
import { type Tier, tiers } from "../tier/index.ts";
import { readCapabilities } from "./capability-list.ts";
import { encodeJsonMessage } from "./messages.ts";

export type ProxyStatus = {
  readonly networkId: number;
  readonly bond: RawAddress;
  readonly feeBps: number;
  /** Receipts in its log, and of those the ones that an anchor covers. */
  readonly logSize: number;
  readonly anchoredSize: number;
  readonly workers: readonly MarketWorker[];
};

/** A worker that takes requests now, and what it asks. */
export type MarketWorker = Price & {
  /** Worker id, hex. */
  readonly worker: string;
  /** Names its claims, hex. */
  readonly claimsHash: string;
  readonly tier: Tier;
  /** Manifest hash, hex. */
  readonly model: string;
  readonly active: number;
  readonly slots: number;
  readonly contextTokens: number;
  readonly capabilities: readonly string[];
  /** As the proxy measured it over the last answers; undefined until there were some. */
  readonly tokensPerSecond?: number | undefined;
};

const workersMax = 65_536;

export function encodeStatus(status: ProxyStatus): Uint8Array {
  return encodeJsonMessage("status", status);
}

/** Throws what the reader throws. A worker of a tier that this release does not know is left out: nobody could say what it means. */
export function readStatus(json: JsonReader): ProxyStatus {
  return {
    networkId: json.int("networkId"),
    bond: json.address("bond"),
    feeBps: json.uint("feeBps", 10_000),
    logSize: json.uint("logSize"),
    anchoredSize: json.uint("anchoredSize"),
    workers: json.objects("workers", workersMax).flatMap(readWorker),
  };
}

function readWorker(json: JsonReader): readonly MarketWorker[] {
  const named = json.string("tier", 64);
  const tier = tiers.find((known) => known === named);
  if (tier === undefined) return [];
  const speed = json.has("tokensPerSecond") ? json.unknown("tokensPerSecond") : undefined;
  return [
    {
      worker: json.string("worker", 64),
      claimsHash: json.string("claimsHash", 64),
      tier,
      model: json.string("model", 64),
      ...readPrice(json),
      active: json.uint("active"),
      slots: json.uint("slots"),
      contextTokens: json.uint("contextTokens"),
      capabilities: readCapabilities(json),
      ...(typeof speed === "number" && { tokensPerSecond: speed }),
    },
  ];
}
