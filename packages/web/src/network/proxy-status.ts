// What a proxy tells anyone who asks: GET /status.

import {
  JsonReader,
  type Nanotons,
  parseJson,
  type RawAddress,
  type Tier,
  tiers,
} from "@cocoon/protocol";

export type ProxyStatus = {
  readonly bond: RawAddress;
  readonly feeBps: number;
  readonly logSize: number;
  readonly anchoredSize: number;
  readonly workers: readonly OfferedWorker[];
};

/** One offer of one worker. */
export type OfferedWorker = {
  /** Worker id, hex. */
  readonly worker: string;
  /** Names its claims, hex. */
  readonly claimsHash: string;
  readonly tier: Tier;
  /** Manifest hash, hex. */
  readonly model: string;
  readonly promptPerMillion: Nanotons;
  readonly completionPerMillion: Nanotons;
  readonly active: number;
  readonly slots: number;
  readonly contextTokens: number;
  /** As the proxy measured it over the last answers. */
  readonly tokensPerSecond: number | undefined;
};

const workersMax = 4_096;
const malformed = "peer_misbehaved";
const timeoutMs = 10_000;

/** Throws peer_misbehaved for what is no status, and what fetch() throws. */
export async function fetchStatus(url: string): Promise<ProxyStatus> {
  const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(timeoutMs) });
  return readStatus(await response.text());
}

export function readStatus(text: string): ProxyStatus {
  const json = new JsonReader(parseJson(text, malformed), malformed);
  return {
    bond: json.address("bond"),
    feeBps: json.uint("feeBps", 10_000),
    logSize: json.uint("logSize"),
    anchoredSize: json.uint("anchoredSize"),
    workers: json.objects("workers", workersMax).flatMap(readWorker),
  };
}

/** A tier that this page does not know is not shown: nobody could say what it means. */
function readWorker(json: JsonReader): readonly OfferedWorker[] {
  const named = json.string("tier", 64);
  const tier = tiers.find((known) => known === named);
  if (tier === undefined) return [];
  const speed = json.has("tokensPerSecond") ? json.unknown("tokensPerSecond") : undefined;
  return [
    {
      worker: json.string("worker", 128),
      claimsHash: json.string("claimsHash", 64),
      tier,
      model: json.string("model", 64),
      promptPerMillion: json.nanotons("promptPerMillion"),
      completionPerMillion: json.nanotons("completionPerMillion"),
      active: json.uint("active"),
      slots: json.uint("slots"),
      contextTokens: json.uint("contextTokens"),
      tokensPerSecond: typeof speed === "number" ? speed : undefined,
    },
  ];
}
