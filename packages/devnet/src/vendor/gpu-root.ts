// The root of the simulated GPU vendor. Its private key is public on purpose, as that of root.ts.

import { fromHex, type TrustProfile } from "@cocoon/protocol";
import { importVendorKey, type VendorKey } from "./vendor-key.ts";

export const simulatedGpuRootName = "COCOON SIMULATED GPU ROOT - NOT HARDWARE";

/** Accepts simulated GPUs beside a simulated TEE; the tier stays `dev`. Refused on mainnet by the verifier itself. */
export const simulatedGpuProfile: TrustProfile<"nvidia-gpu"> = {
  id: "simulated-gpu",
  kind: "nvidia-gpu",
  teeType: 0xc0c04701,
  rootKeyId:
    "cb34ea992a24841cd47fa1901388a8905328c1063acc7bb20410be574b639c82" +
    "af57c11c9f5d6be56b75446447020f2b",
  tier: "dev",
  simulated: true,
};

/** SHA-384 of the root's name: a worthless key, and anybody can see why. */
const publicPrivateKey =
  "1c47c4445949b9583034bc69825e4ee3f660046b1bba635e06a1e27050586fd7" +
  "7b1df045f8221190a464e5d5eeb70b4e";
const point =
  "04b99f7a15c87b9a4e38831dc6b8c429da007842c77e9c801be0ae648305e54c" +
  "13d3c3a42c5464f05b88d2b459ac34649df144a5e45a33bf60c2b50d57f4b96b" +
  "16f53558f4df8753a199d54bf5e8b0f0a4f3be80aa655862688a19329407d4b2" +
  "d3";

export function importSimulatedGpuRoot(): Promise<VendorKey> {
  return importVendorKey("P-384", bytesOf(publicPrivateKey), bytesOf(point));
}

function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}
