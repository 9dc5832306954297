// Whose evidence counts on which network. The simulated vendor exists on devnets alone.

import {
  createSimulatedVendor,
  devnetNetworkId,
  simulatedImageHash,
  simulatedProfile,
} from "@cocoon/devnet";
import { type Attester, CocoonError, hardwareProfiles, type TrustProfile } from "@cocoon/protocol";

/** Names the image that simulated workers run. */
const simulatedImage = "cocoon-worker";

/** What the root of a devnet lists, hex. */
export const simulatedWorkerImage: string = simulatedImageHash(simulatedImage);

/** Everyone's. What simulated workers did verifies too, and is called what it is; on mainnet the verifier refuses it. */
export const allProfiles: readonly TrustProfile[] = [simulatedProfile, ...hardwareProfiles];

/** The profiles that a node of this network believes. */
export function profilesOf(networkId: number): readonly TrustProfile[] {
  return networkId === devnetNetworkId ? allProfiles : hardwareProfiles;
}

/** The TEE of this machine: simulated on a devnet. Throws option_invalid where a real one is needed. */
export async function openAttester(networkId: number, nowMs: () => number): Promise<Attester> {
  if (networkId !== devnetNetworkId) {
    throw new CocoonError("option_invalid", {
      networkId,
      reason: "this release attests with the simulated TEE alone, and that counts on a devnet only",
    });
  }
  const vendor = await createSimulatedVendor({ nowMs });
  return vendor.attester(simulatedImage);
}
