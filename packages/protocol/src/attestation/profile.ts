import { CocoonError } from "../errors/index.ts";
import type { Tier } from "../tier/index.ts";

/**
 * Whom to believe: a kind of TEE, the root of its vendor's certificates, and the tier that its evidence gives.
 * Profiles are data; the tier of a worker comes from here and never from a message. A simulated vendor gives `dev`.
 */
export type TrustProfile = {
  /** Names the profile to people: "intel-tdx". */
  readonly id: string;
  /** As in the bundle and in the quote's header. */
  readonly teeType: number;
  /** SHA-384 of the 65-byte uncompressed point of the vendor's root key, hex. */
  readonly rootKeyId: string;
} & (
  | { readonly simulated: true; readonly tier: Extract<Tier, "dev"> }
  | { readonly simulated: false; readonly tier: Extract<Tier, "confidential"> }
);

/** Intel TDX; the root is the Intel SGX Root CA, the key that the official network pins. */
export const intelTdx: TrustProfile = {
  id: "intel-tdx",
  teeType: 0x81,
  rootKeyId:
    "46e403bd34f05a3f2817ab9badcaacc7ffc98e0f261008cd30dae936cace18d5" +
    "dcf58eef31463613de1570d516200993",
  tier: "confidential",
  simulated: false,
};

/** TON's global id of mainnet. */
const mainnetId = -239;

/**
 * The profile for a kind of TEE; the first one given counts. On mainnet a simulated profile does not exist, whatever
 * a configuration says. Throws profile_unknown.
 */
export function findProfile(
  profiles: readonly TrustProfile[],
  teeType: number,
  networkId: number,
): TrustProfile {
  const usable = profiles.filter((profile) => !profile.simulated || networkId !== mainnetId);
  const found = usable.find((profile) => profile.teeType === teeType);
  if (found === undefined) {
    throw new CocoonError("profile_unknown", { teeType: `0x${teeType.toString(16)}` });
  }
  return found;
}
