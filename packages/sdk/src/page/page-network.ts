// What a page has to be told of a network: where the chain is, and by which contracts everything else is found.

import { CocoonError, JsonReader, type RawAddress } from "@cocoon/protocol";

export type PageNetwork = {
  /** TON global id: -239 mainnet, -3 testnet, -7239 devnet. */
  readonly networkId: number;
  /** toncenter-v2 JSON-RPC endpoints that let pages of other origins ask, the preferred first. */
  readonly endpoints: readonly string[];
  /** Servers that prove accounts in TonAPI's form, by their origin. */
  readonly proofEndpoints?: readonly string[];
  /** Refuse to believe an account that money depends on without a proof. */
  readonly requireProofs?: boolean;
  readonly root: RawAddress;
  /** The preferred first; the next stands in while it is away. */
  readonly proxies: readonly PageProxy[];
};

/** A proxy by its bond: the chain says who it must prove to be, and who is paid. */
export type PageProxy = {
  readonly bond: RawAddress;
  /** Where it is reached: `https://host:port`, or `http://` on this machine. Default: by HTTPS where its bond says. */
  readonly url?: string;
};

const endpointsMax = 16;
const proxiesMax = 64;

/** Reads the JSON that a page was served with; what else it says is left alone. Throws option_invalid. */
export function parsePageNetwork(value: unknown): PageNetwork {
  const json = new JsonReader(value, "option_invalid");
  const networkId = json.int("networkId");
  const endpoints = json.strings("endpoints", endpointsMax);
  const proxies = json.objects("proxies", proxiesMax).map(readProxy);
  if (endpoints.length === 0) throw new CocoonError("option_invalid", { field: "endpoints" });
  if (proxies.length === 0) throw new CocoonError("option_invalid", { field: "proxies" });
  return {
    networkId,
    endpoints,
    ...(json.has("proofEndpoints") && {
      proofEndpoints: json.strings("proofEndpoints", endpointsMax),
    }),
    ...(json.has("requireProofs") && { requireProofs: json.boolean("requireProofs") }),
    root: json.address("root"),
    proxies,
  };
}

function readProxy(json: JsonReader): PageProxy {
  const bond = json.address("bond");
  if (!json.has("url")) return { bond };
  const url = json.string("url", 512);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new CocoonError("option_invalid", { field: "url", reason: "not an HTTP URL" });
  }
  return { bond, url };
}
