import { CocoonError, type JsonReader, networkIds, type RawAddress } from "@cocoon/protocol";
import { readCount } from "./bounds.ts";
import { requireMeantNetwork } from "./safeguards.ts";

/** A proxy by its bond: the chain says where it listens, who it must prove to be, and who is paid. */
export type ProxyAddress = {
  /** Its ProxyBond contract. */
  readonly bond: RawAddress;
  /** Where it is reached instead, such as through a tunnel. Optional. Default: where its bond says. */
  readonly via?: { readonly host: string; readonly port: number };
};

/** Which network a node belongs to. */
export type NetworkConfig = {
  /** TON global id: -239 mainnet, -3 testnet, -7239 devnet. */
  readonly networkId: number;
  /** Must be true for mainnet: nobody gets there by a slip. Optional elsewhere. */
  readonly allowMainnet?: boolean;
  /** toncenter-v2 JSON-RPC endpoints, in order of preference. */
  readonly endpoints: readonly string[];
  /**
   * The most that each endpoint is asked. Optional. Default: 1, 10 with COCOON_TONCENTER_KEY, and no limit on a devnet.
   */
  readonly requestsPerSecond?: number;
  /**
   * Servers that prove accounts in TonAPI's form, such as "https://tonapi.io". Optional. An endpoint that does so by itself
   * need not be named.
   */
  readonly proofEndpoints?: readonly string[];
  /** Refuse to believe an account that money depends on without a proof. Optional. Default: false. */
  readonly requireProofs?: boolean;
  readonly root: RawAddress;
  readonly proxies: readonly ProxyAddress[];
};

const requestsPerSecondMax = 10_000;
const endpointsMax = 16;
const proxiesMax = 64;

export function readNetwork(json: JsonReader): NetworkConfig {
  const network = {
    networkId: json.int("networkId"),
    ...(json.has("allowMainnet") && { allowMainnet: json.boolean("allowMainnet") }),
  };
  requireMeantNetwork(network);
  const endpoints = readEndpoints(json);
  return {
    ...network,
    endpoints,
    ...readProofs(json, network.networkId, endpoints),
    ...(json.has("requestsPerSecond") && {
      requestsPerSecond: readCount(json, "requestsPerSecond", requestsPerSecondMax),
    }),
    root: json.address("root"),
    proxies: json.objects("proxies", proxiesMax).map((proxy) => {
      const bond = proxy.address("bond");
      if (!proxy.has("via")) return { bond };
      const via = proxy.object("via");
      return { bond, via: { host: via.string("host", 253), port: via.uint("port", 65_535) } };
    }),
  };
}

/** Who proves accounts. Throws option_invalid where proofs are required that nobody could vouch for. */
function readProofs(
  json: JsonReader,
  networkId: number,
  endpoints: readonly string[],
): Pick<NetworkConfig, "proofEndpoints" | "requireProofs"> {
  const proofEndpoints = json.has("proofEndpoints")
    ? json.strings("proofEndpoints", endpointsMax).map(readUrl)
    : undefined;
  const requireProofs = json.has("requireProofs") ? json.boolean("requireProofs") : undefined;
  const servers = new Set(
    [...endpoints, ...(proofEndpoints ?? [])].map((url) => new URL(url).origin),
  );
  if (requireProofs === true && networkId !== networkIds.devnet && servers.size < 2) {
    throw new CocoonError("option_invalid", {
      field: "requireProofs",
      reason: "a block counts when two servers name it: name a second one",
    });
  }
  return {
    ...(proofEndpoints !== undefined && { proofEndpoints }),
    ...(requireProofs !== undefined && { requireProofs }),
  };
}

/** toncenter-v2 JSON-RPC endpoints, in order of preference; at least one. */
export function readEndpoints(json: JsonReader): readonly string[] {
  const endpoints = json.strings("endpoints", endpointsMax);
  if (endpoints.length === 0) throw new CocoonError("option_invalid", { field: "endpoints" });
  return endpoints.map(readUrl);
}

/** The text, if it is the URL of an HTTP server. Throws option_invalid. */
export function readUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) {
    throw new CocoonError("option_invalid", { reason: "not an HTTP URL" });
  }
  return text;
}
