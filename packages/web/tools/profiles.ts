// Vendors that anybody can imitate: pages on a devnet call what they vouch for simulated.

import { simulatedGpuProfile, simulatedProfile, simulatedSevProfiles } from "@cocoon/devnet";
import type { TrustProfile } from "@cocoon/protocol";

export const profiles: readonly TrustProfile[] = [
  simulatedProfile,
  ...Object.values(simulatedSevProfiles),
  simulatedGpuProfile,
];
