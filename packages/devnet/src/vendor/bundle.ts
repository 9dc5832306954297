import { type Claims, encodeBundle, encodeClaims, reportData } from "@cocoon/protocol";
import type { CollateralOptions } from "./collateral.ts";
import type { QuoteOptions } from "./quote.ts";
import { simulatedTeeType } from "./root.ts";
import type { SimulatedVendor } from "./vendor.ts";

/** What goes into a bundle; a part left out is as a verifier wants it. */
export type BundleOptions = {
  readonly claims: Claims;
  readonly measurement: string;
  readonly quote?: Partial<QuoteOptions>;
  /** How the collateral is made, or the JSON text itself. */
  readonly collateral?: CollateralOptions | string;
  readonly teeType?: number;
};

/** An evidence bundle of the simulated vendor, also one that must be refused. */
export async function createSimulatedBundle(
  vendor: SimulatedVendor,
  options: BundleOptions,
): Promise<Uint8Array> {
  const { measurement, collateral = {}, teeType = simulatedTeeType } = options;
  const claims = encodeClaims(options.claims);
  const quote = { measurement, reportData: reportData(claims), ...options.quote };
  return encodeBundle({
    claims,
    teeType,
    quote: await vendor.quote(quote),
    collateral: typeof collateral === "string" ? collateral : await vendor.collateral(collateral),
    gpu: undefined,
  });
}
