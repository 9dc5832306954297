// Which network a wallet is of, and how it is reached.

import { CocoonError, networkIds } from "@cocoon/protocol";
import type { ChainClient } from "@cocoon/sdk";
import type { Arguments } from "../command.ts";
import { homeOf } from "../home.ts";
import { readLocalNetwork } from "../network/network-file.ts";
import { openChain } from "../roles/chain.ts";
import { UsageError } from "../usage-error.ts";

const names: ReadonlyMap<number, string> = new Map([
  [networkIds.mainnet, "mainnet"],
  [networkIds.testnet, "testnet"],
  [networkIds.devnet, "devnet"],
]);

/** The network for people: "testnet (-3)". */
export function networkName(networkId: number): string {
  const name = names.get(networkId);
  return name === undefined ? String(networkId) : `${name} (${networkId})`;
}

export function isMainnet(networkId: number): boolean {
  return networkId === networkIds.mainnet;
}

/** The network for a new wallet: the one that is named, else the home directory's, else a devnet. */
export function networkForNew(given: Arguments): number {
  const local = readLocalNetwork(homeOf(given))?.networkId;
  const networkId = namedNetwork(given) ?? local ?? networkIds.devnet;
  assertMeant(given, networkId);
  return networkId;
}

/**
 * Throws UsageError when another network than the wallet's was named, and option_invalid when money that is worth
 * something would move without anybody having said so.
 */
export function assertMeant(given: Arguments, networkId: number): void {
  assertSame(given, networkId);
  if (!isMainnet(networkId) || given.flag("mainnet")) return;
  throw new CocoonError("option_invalid", { networkId, reason: "mainnet needs --mainnet" });
}

/** Throws UsageError when another network than the wallet's was named. */
export function assertSame(given: Arguments, networkId: number): void {
  const named = namedNetwork(given);
  if (named === undefined || named === networkId) return;
  throw new UsageError(`the wallet is of ${networkName(networkId)}`);
}

function namedNetwork(given: Arguments): number | undefined {
  if (given.flag("mainnet") && given.flag("testnet")) {
    throw new UsageError("--mainnet or --testnet, not both");
  }
  if (given.flag("mainnet")) return networkIds.mainnet;
  return given.flag("testnet") ? networkIds.testnet : undefined;
}

/** The chain by the endpoints that are named, else by the home directory's; undefined where there are none. */
export function reachNetwork(given: Arguments, networkId: number): ChainClient | undefined {
  const named = given.texts("endpoint");
  const endpoints = named.length > 0 ? named : localEndpoints(given, networkId);
  for (const url of endpoints) {
    if (!["http:", "https:"].includes(URL.parse(url)?.protocol ?? "")) {
      throw new UsageError("--endpoint is an http URL");
    }
  }
  return endpoints.length === 0 ? undefined : openChain({ endpoints, networkId });
}

function localEndpoints(given: Arguments, networkId: number): readonly string[] {
  const local = readLocalNetwork(homeOf(given));
  return local?.networkId === networkId ? local.endpoints : [];
}
