// The simulated vendor, as devnets use it. Loaded only where it counts.

import { createSimulatedVendor, simulatedImageHash, simulatedProfile } from "@cocoon/devnet";
import type { Attester, TrustProfile } from "@cocoon/protocol";

/** Names the image that simulated workers run. */
const simulatedImage = "cocoon-worker";

/** What the root of a devnet lists, hex. */
export const simulatedWorkerImage: string = simulatedImageHash(simulatedImage);

export const simulatedProfiles: readonly TrustProfile[] = [simulatedProfile];

export async function openSimulatedAttester(nowMs: () => number): Promise<Attester> {
  const vendor = await createSimulatedVendor({ nowMs });
  return vendor.attester(simulatedImage);
}
