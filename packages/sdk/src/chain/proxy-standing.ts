// Who a proxy is, by its bond on chain: nothing of it is taken from a configuration.

import { CocoonError, type RawAddress } from "@cocoon/protocol";
import type { NetworkParams } from "@cocoon/contracts";
import { ageOf } from "./age.ts";
import { type AccountReader, readProxyBond } from "./readers.ts";

/** A proxy whose bond stands, as the bond says. */
export type BondedProxy = {
  readonly bond: RawAddress;
  readonly host: string;
  readonly port: number;
  /** Signs its log, its hellos and its promises. 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The bond's owner: the payee of channels to it. */
  readonly payout: RawAddress;
};

export type ProxySourceOptions = {
  readonly client: AccountReader;
  readonly bond: RawAddress;
  /** What the root contract asks of a bond now. */
  readonly params: () => Promise<Pick<NetworkParams, "bondMin">>;
  readonly now: () => number;
};

/** What was read is not read again for so long: a lost connection is dialed more often. */
const refreshMs = 5_000;
/** Without the chain, what was last read counts for so long. */
const ageMaxMs = 3_600_000;

/**
 * Gives the proxy as its bond names it now: address, key and payee move with the bond. Throws bond_insufficient when
 * there is no bond, or less than the root contract asks, or one that is about to be taken or was slashed; and chain_*
 * when the chain cannot be asked and what was read is too old.
 */
export function createProxySource(options: ProxySourceOptions): () => Promise<BondedProxy> {
  const { client, bond, params, now } = options;
  let known: { readonly proxy: BondedProxy; readonly readAtMs: number } | undefined;
  return async () => {
    const ageMs = known === undefined ? Infinity : ageOf(known.readAtMs, now());
    if (known !== undefined && ageMs < refreshMs) return known.proxy;
    try {
      const { bondMin } = await params();
      known = { proxy: await readBondedProxy(client, bond, bondMin), readAtMs: now() };
      return known.proxy;
    } catch (error) {
      const isAway = error instanceof CocoonError && error.code === "chain_unavailable";
      if (isAway && known !== undefined && ageMs < ageMaxMs) return known.proxy;
      known = undefined;
      throw error;
    }
  };
}

async function readBondedProxy(
  client: AccountReader,
  address: RawAddress,
  bondMin: bigint,
): Promise<BondedProxy> {
  const state = await readProxyBond(client, address);
  if (state?.phase !== "bonded") {
    throw new CocoonError("bond_insufficient", { bond: address, reason: state?.phase ?? "absent" });
  }
  if (state.bond < bondMin) {
    throw new CocoonError("bond_insufficient", {
      bond: address,
      reason: "less than the root asks",
    });
  }
  const { logKey, owner, url } = state;
  return { ...hostAndPort(url, address), bond: address, publicKey: logKey, payout: owner };
}

/** A bond's url is host:port; an IPv6 address stands in brackets. */
function hostAndPort(url: string, address: RawAddress): Pick<BondedProxy, "host" | "port"> {
  const found = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<host>[a-z0-9.-]+)):(?<port>\d{1,5})$/i.exec(url);
  const { v6, host = v6, port } = found?.groups ?? {};
  const number = Number(port);
  if (host !== undefined && number >= 1 && number <= 65_535) return { host, port: number };
  throw new CocoonError("contract_unexpected", { address, reason: "its url is not host:port" });
}
