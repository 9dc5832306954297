import { type Attester, primitives, toHex, type TrustProfile } from "@cocoon/protocol";
import {
  createSevAuthorities,
  createSevCollateral,
  type SevCollateralOptions,
} from "./sev-authorities.ts";
import { createSevReport, type SevReportOptions, simulatedSevImageHash } from "./sev-report.ts";
import { simulatedSevProfiles, type SimulatedSevProduct } from "./sev-root.ts";
import type { SimulatedVendorOptions } from "./vendor.ts";

/** AMD's simulated twin, and one machine of its make: evidence takes the same way through the verifier as real ones do. */
export type SimulatedSevVendor = {
  readonly profile: TrustProfile<"sev-snp">;
  /** Names the machine, hex, as AttestedWorker has it. */
  readonly platformId: string;
  /** JSON text, current at the time of the call. */
  collateral(options?: SevCollateralOptions): Promise<string>;
  quote(options: SevReportOptions): Promise<Uint8Array>;
  /** A TEE that runs the image with this name; see simulatedSevImageHash. */
  attester(measurement: string): Attester;
};

/** Makes a vendor: its root is always the same, everything below is new. */
export async function createSimulatedSevVendor(
  product: SimulatedSevProduct,
  { nowMs, random = primitives.randomBytes }: SimulatedVendorOptions,
): Promise<SimulatedSevVendor> {
  const authorities = await createSevAuthorities(product, nowMs(), random);
  const profile = simulatedSevProfiles[product];
  const collateral = (options: SevCollateralOptions = {}) =>
    createSevCollateral(authorities, nowMs(), options);
  const quote = (options: SevReportOptions) => createSevReport(authorities, options);
  return {
    profile,
    platformId: toHex(authorities.chipId),
    collateral,
    quote,
    attester: (measurement) => ({
      teeType: profile.teeType,
      simulated: true,
      imageHash: simulatedSevImageHash(product, measurement),
      async attest(reportData) {
        return {
          quote: await quote({ measurement, reportData }),
          collateral: await collateral(),
        };
      },
    }),
  };
}
