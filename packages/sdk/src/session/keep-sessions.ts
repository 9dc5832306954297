import type { RawAddress } from "@cocoon/protocol";
import { createProxySource, createWorkerBondCheck, type NetworkReader } from "../chain/index.ts";
import { SessionKeeper, type SessionKeeperOptions, type SessionTurn } from "./session-keeper.ts";
import { SessionPool } from "./session-pool.ts";

/** A proxy by its bond, and how it is reached. */
export type ReachableProxy = Pick<SessionKeeperOptions, "dial"> & { readonly bond: RawAddress };

export type SessionsOptions = Omit<SessionKeeperOptions, "proxy" | "dial" | "onTurn"> & {
  readonly client: NetworkReader;
  /** At least one, the preferred first. */
  readonly proxies: readonly ReachableProxy[];
  /** Told of each turn, and the bond of the proxy that it is about. */
  readonly onTurn?: (turn: SessionTurn, bond: RawAddress) => void;
};

/** Keeps sessions with these proxies: who each is, its bond says; what else a worker needs, the root contract does. */
export function keepSessions({
  client,
  proxies,
  onTurn,
  ...options
}: SessionsOptions): SessionPool {
  const { policy, now } = options;
  const params = async () => (await policy()).params;
  const requireBond = options.requireBond ?? createWorkerBondCheck({ client, policy, now });
  const members = proxies.map(({ bond, dial }) => {
    const keep = (tell: (turn: SessionTurn) => void): SessionKeeper => {
      const proxy = createProxySource({ client, bond, params, now });
      return new SessionKeeper({ ...options, proxy, dial, requireBond, onTurn: tell });
    };
    return { bond, keep };
  });
  return new SessionPool(members, onTurn);
}
