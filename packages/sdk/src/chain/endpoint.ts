// One toncenter-v2 endpoint, and what its answers mean.

import { Cell } from "@ton/core";
import { CocoonError } from "@cocoon/protocol";
import type { Clock } from "./clock.ts";
import { EndpointHealth } from "./endpoint-health.ts";
import type { EndpointOptions } from "./endpoint-options.ts";
import { RequestPace } from "./request-pace.ts";
import { headersOf, Toncenter } from "./toncenter.ts";

export type Endpoint = {
  readonly options: EndpointOptions;
  readonly client: Toncenter;
  readonly pace: RequestPace;
  readonly health: EndpointHealth;
  /** Resolves when the endpoint is known to serve the network, or to have no way to tell. */
  readonly ready: () => Promise<void>;
};

/** What all endpoints of a client have in common. */
export type EndpointRules = {
  readonly networkId: number;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  /** Infinity is no limit. */
  readonly requestsPerSecond: number;
};

/** Prepares an endpoint; nothing is sent yet. */
export function createEndpoint(options: EndpointOptions, rules: EndpointRules): Endpoint {
  const { requestsPerSecond = rules.requestsPerSecond } = options;
  const pace = new RequestPace(rules.clock, requestsPerSecond);
  let checked: Promise<void> | undefined;
  return {
    options,
    pace,
    health: new EndpointHealth(),
    client: new Toncenter(options, rules.requestTimeoutMs),
    ready: () => {
      checked ??= pace
        .turn()
        .then(() => checkNetwork(options, rules))
        .catch((error: unknown) => {
          checked = undefined;
          throw error;
        });
      return checked;
    },
  };
}

/** Throws network_mismatch, or the network's own error when the endpoint cannot be reached. */
async function checkNetwork(
  endpoint: EndpointOptions,
  { networkId, requestTimeoutMs }: EndpointRules,
): Promise<void> {
  // Configuration parameter 19 is the global id. Both names of the argument are in use.
  const params = { config_id: 19, param: 19 };
  const response = await fetch(endpoint.url, {
    method: "POST",
    headers: headersOf(endpoint),
    body: JSON.stringify({ id: "1", jsonrpc: "2.0", method: "getConfigParam", params }),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const served = networkOf(await response.text());
  if (served !== undefined && served !== networkId) {
    throw new CocoonError("network_mismatch", { expected: networkId, served });
  }
}

/** The global id in an answer, or undefined when the endpoint does not tell it. */
function networkOf(answer: string): number | undefined {
  const bytes = /"bytes"\s*:\s*"([A-Za-z0-9+/=]+)"/.exec(answer)?.[1];
  if (bytes === undefined) return undefined;
  try {
    const slice = Cell.fromBase64(bytes).beginParse();
    return slice.remainingBits === 32 ? slice.loadInt(32) : undefined;
  } catch {
    return undefined;
  }
}

/** Why an endpoint gave no result. */
export type EndpointFailure = {
  /** The account refused the message: the same everywhere, so there is no use in asking elsewhere. */
  readonly rejected: boolean;
  /** Of the account's code, when it was told. */
  readonly exitCode: number | undefined;
  /** What the endpoint or the network said, shortened. */
  readonly reason: string;
};

/** Reads what a call threw: the answer's text, or what the network said. An endpoint may repeat the key. */
export function endpointFailure(error: unknown, { apiKey }: EndpointOptions): EndpointFailure {
  const text = error instanceof Error ? error.message : "unknown";
  const exitCode = /exit ?_?code[=: ]+(-?\d+)/i.exec(text)?.[1];
  return {
    rejected: /external message|rejected by account/i.test(text),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    reason: (apiKey ? text.replaceAll(apiKey, "(key)") : text).slice(0, 200),
  };
}
