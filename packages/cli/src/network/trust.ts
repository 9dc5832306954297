// Whose evidence counts on which network. The simulated vendor exists on devnets alone, and is loaded nowhere else.

import { networkIds, publicProfiles, type TrustProfile } from "@cocoon/protocol";

/** The profiles that a node of this network believes. */
export async function profilesOf(networkId: number): Promise<readonly TrustProfile[]> {
  return networkId === networkIds.devnet ? allProfiles() : publicProfiles;
}

/** Everyone's. What simulated workers did verifies too, and is called what it is; on mainnet the verifier refuses it. */
export async function allProfiles(): Promise<readonly TrustProfile[]> {
  const { simulatedProfiles } = await import("./simulated-trust.ts");
  return [...simulatedProfiles, ...publicProfiles];
}
