import { CocoonError, type JsonReader, type RawAddress, toHex } from "@cocoon/protocol";
import { readCount } from "./bounds.ts";
import { requireMeantNetwork } from "./safeguards.ts";

/** Where a proxy listens and who it must prove to be. */
export type ProxyAddress = {
  readonly host: string;
  readonly port: number;
  /** Its ProxyBond contract. */
  readonly bond: RawAddress;
  /** Its log key, 32 bytes hex; the chain vouches for it. */
  readonly publicKey: string;
  /** Where it is paid: the payee of channels to it. */
  readonly payout: RawAddress;
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
  readonly root: RawAddress;
  readonly proxies: readonly ProxyAddress[];
};

/** TON's global id of the devnets that cocoon up makes. Simulated evidence counts there and nowhere else. */
export const devnetNetworkId = -7_239;

const requestsPerSecondMax = 10_000;
const endpointsMax = 16;
const proxiesMax = 64;

export function readNetwork(json: JsonReader): NetworkConfig {
  const network = {
    networkId: json.int("networkId"),
    ...(json.has("allowMainnet") && { allowMainnet: json.boolean("allowMainnet") }),
  };
  requireMeantNetwork(network);
  return {
    ...network,
    endpoints: readEndpoints(json),
    ...(json.has("requestsPerSecond") && {
      requestsPerSecond: readCount(json, "requestsPerSecond", requestsPerSecondMax),
    }),
    root: json.address("root"),
    proxies: json.objects("proxies", proxiesMax).map((proxy) => {
      return {
        host: proxy.string("host", 253),
        port: proxy.uint("port", 65_535),
        bond: proxy.address("bond"),
        publicKey: toHex(proxy.hex("publicKey", 32)),
        payout: proxy.address("payout"),
      };
    }),
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
