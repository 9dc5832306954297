// Which network an operator's command is about: that of a configuration file, else the home directory's.

import type { ChainClient } from "@cocoon/sdk";
import { type NetworkConfig, readConfigFile, readNetwork } from "@cocoon/services";
import type { Arguments } from "../command.ts";
import { homeOf } from "../home.ts";
import { requireLocalNetwork } from "../network/network-file.ts";
import { openChain } from "../roles/chain.ts";

export type ReachedNetwork = { readonly network: NetworkConfig; readonly chain: ChainClient };

/** Reads --config, a role's configuration or a network.json, else --home. Throws option_invalid. */
export function reachNetworkOf(given: Arguments): ReachedNetwork {
  const network = networkOf(given);
  return { network, chain: openChain(network) };
}

function networkOf(given: Arguments): NetworkConfig {
  const path = given.text("config");
  if (path === undefined) return requireLocalNetwork(homeOf(given));
  const json = readConfigFile(path);
  return readNetwork(json.has("network") ? json.object("network") : json);
}
