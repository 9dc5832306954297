// Whether a proxy is who a configuration says, by its bond on chain.

import { CocoonError, equalBytes, type RawAddress } from "@cocoon/protocol";
import type { ChainClient } from "./client.ts";
import { readProxyBond, readRoot } from "./readers.ts";

/** What a configuration claims of a proxy. */
export type ClaimedProxy = {
  readonly bond: RawAddress;
  /** Its log key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Where it is paid. */
  readonly payout: RawAddress;
};

/**
 * Checks that the bond stands, is at least what the root contract asks, belongs to who is paid, and names the key.
 * Throws contract_unexpected with the reason, and chain_* when the chain can't be asked.
 */
export async function requireBondedProxy(
  client: ChainClient,
  root: RawAddress,
  proxy: ClaimedProxy,
): Promise<void> {
  const [bond, { params }] = await Promise.all([
    readProxyBond(client, proxy.bond),
    readRoot(client, root),
  ]);
  const refuse = (reason: string): never => {
    throw new CocoonError("contract_unexpected", { reason, address: proxy.bond });
  };
  if (bond?.phase !== "bonded") return refuse("the proxy is not bonded");
  if (bond.bond < params.bondMin) refuse("the bond is too small");
  if (bond.owner !== proxy.payout) refuse("the bond is somebody else's");
  if (!equalBytes(bond.logKey, proxy.publicKey)) refuse("the bond names another key");
}
