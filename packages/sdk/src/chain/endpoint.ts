// One toncenter-v2 endpoint, and what its answers mean.

import { Cell } from "@ton/core";
import { TonClient } from "@ton/ton";
import { CocoonError } from "@cocoon/protocol";

export type Endpoint = {
  readonly client: TonClient;
  /** Resolves when the endpoint is known to serve the network, or to have no way to tell. */
  readonly ready: () => Promise<void>;
};

/** Prepares an endpoint; nothing is sent yet. The URL is of its JSON-RPC, with a key in the query if it wants one. */
export function createEndpoint(url: string, networkId: number, requestTimeoutMs: number): Endpoint {
  const client = new TonClient({ endpoint: url, timeout: requestTimeoutMs });
  let checked: Promise<void> | undefined;
  return {
    client,
    ready: () => {
      checked ??= checkNetwork(url, networkId, requestTimeoutMs).catch((error: unknown) => {
        checked = undefined;
        throw error;
      });
      return checked;
    },
  };
}

/** Throws network_mismatch, or the network's own error when the endpoint cannot be reached. */
async function checkNetwork(url: string, networkId: number, timeoutMs: number): Promise<void> {
  // Configuration parameter 19 is the global id. Both names of the argument are in use.
  const params = { config_id: 19, param: 19 };
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: "1", jsonrpc: "2.0", method: "getConfigParam", params }),
    signal: AbortSignal.timeout(timeoutMs),
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

/** Reads an error of TonClient: axios' own, or one that it made of an answer. */
export function endpointFailure(error: unknown): EndpointFailure {
  const text = answerOf(error) ?? (error instanceof Error ? error.message : "unknown");
  const exitCode = /exit ?_?code[=: ]+(-?\d+)/i.exec(text)?.[1];
  return {
    rejected: /external message|rejected by account/i.test(text),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    reason: text.slice(0, 200),
  };
}

/** The text of an HTTP answer that axios keeps in its error, or undefined when there was none. */
function answerOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("response" in error)) return undefined;
  const { response } = error;
  if (typeof response !== "object" || response === null || !("data" in response)) return undefined;
  return typeof response.data === "string" ? response.data : JSON.stringify(response.data);
}
