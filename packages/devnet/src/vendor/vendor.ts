import { type Attester, primitives, toHex, type TrustProfile } from "@cocoon/protocol";
import { createAuthorities, type Random } from "./authorities.ts";
import { type CollateralOptions, createCollateral } from "./collateral.ts";
import { simulatedImageHash } from "./image.ts";
import { createQuote, type QuoteOptions } from "./quote.ts";
import { simulatedProfile, simulatedTeeType } from "./root.ts";
import { createVendorKey } from "./vendor-key.ts";

export type SimulatedVendorOptions = {
  /** The clock, Unix milliseconds. */
  readonly nowMs: () => number;
  readonly random?: Random;
};

/** A TEE vendor and one machine of its make, whose evidence takes the same way through the verifier as real ones do. */
export type SimulatedVendor = {
  readonly profile: TrustProfile;
  /** Names the machine, hex, as AttestedWorker has it. */
  readonly platformId: string;
  /** JSON text, current at the time of the call. */
  collateral(options?: CollateralOptions): Promise<string>;
  quote(options: QuoteOptions): Promise<Uint8Array>;
  /** A TEE that runs the image with this name; see simulatedImageHash. */
  attester(measurement: string): Attester;
};

/** Makes a vendor: its root is always the same, everything below is new. Takes about 30 ms. */
export async function createSimulatedVendor(
  options: SimulatedVendorOptions,
): Promise<SimulatedVendor> {
  const { nowMs, random = primitives.randomBytes } = options;
  const authorities = await createAuthorities(nowMs(), random);
  const platform = { authorities, key: await createVendorKey() };
  const collateral = (changes: CollateralOptions = {}) =>
    createCollateral(authorities, nowMs(), changes);
  const quote = (changes: QuoteOptions) => createQuote(platform, changes);
  return {
    profile: simulatedProfile,
    platformId: toHex(authorities.ppid),
    collateral,
    quote,
    attester: (measurement) => ({
      teeType: simulatedTeeType,
      simulated: true,
      imageHash: simulatedImageHash(measurement),
      async attest(reportData) {
        return {
          quote: await quote({ measurement, reportData }),
          collateral: await collateral(),
        };
      },
    }),
  };
}
