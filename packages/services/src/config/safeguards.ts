// What must be said in so many words before a node touches money that is worth something.

import { CocoonError, networkIds, type TrustProfile } from "@cocoon/protocol";

/** A network, and what was said of it. */
type MeantNetwork = { readonly networkId: number; readonly allowMainnet?: boolean };

/** Throws option_invalid for mainnet without `allowMainnet`. */
export function requireMeantNetwork(network: MeantNetwork): void {
  if (network.networkId !== networkIds.mainnet || network.allowMainnet === true) return;
  throw new CocoonError("option_invalid", {
    field: "allowMainnet",
    reason: "mainnet must be allowed",
  });
}

/** As requireMeantNetwork(); and throws option_invalid when simulated evidence would count on mainnet. */
export function requireSafeNetwork(network: MeantNetwork, profiles: readonly TrustProfile[]): void {
  requireMeantNetwork(network);
  const simulated = profiles.find((profile) => profile.simulated);
  if (network.networkId !== networkIds.mainnet || simulated === undefined) return;
  throw new CocoonError("option_invalid", {
    profile: simulated.id,
    reason: "simulated evidence does not count on mainnet",
  });
}
