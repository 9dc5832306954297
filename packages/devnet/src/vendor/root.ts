// The root of the simulated vendor. Its private key is public on purpose, here and for everybody: whoever has this
// page can sign "evidence" for any program, so what ends in this root proves nothing about any hardware. It is fixed,
// not made at each start, so that a proof file from one machine's simulated network verifies on another machine.

import { fromHex, type TrustProfile } from "@cocoon/protocol";
import { importVendorKey, type VendorKey } from "./vendor-key.ts";

export const simulatedRootName = "COCOON SIMULATED TEE ROOT - NOT HARDWARE";

/** No vendor's: Intel's TDX is 0x81. */
export const simulatedTeeType = 0xc0c00081;

/** Accepts simulated evidence, with tier `dev`. Refused on mainnet by the verifier itself. */
export const simulatedProfile: TrustProfile<"tdx"> = {
  id: "simulated-tdx",
  kind: "tdx",
  teeType: simulatedTeeType,
  rootKeyId:
    "4a1982fc3ba7d186a04ead3d20688f2f6e3146292a240cb2c1c8bac32abf76fb" +
    "23bf56bd41cd0cc6824f111d5172e0ff",
  tier: "dev",
  simulated: true,
};

/** SHA-256 of the root's name: a worthless key, and anybody can see why. */
const publicPrivateKey = "38c159f09939a93406df513b7e6cae7810090eaeb07300e09c4a5136216b2113";
const point =
  "0497f13388dbaa45f31c6676e1e0ed67ce0751f16d99f708d405a38ef73b8e01bb" +
  "01432a616e708c9c25ce630ab1567419a4d123684d3bc6cbc7d81fd5039d7709";

export function importSimulatedRoot(): Promise<VendorKey> {
  return importVendorKey("P-256", bytesOf(publicPrivateKey), bytesOf(point));
}

function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}
