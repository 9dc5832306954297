import {
  type Claims,
  encodeBundle,
  encodeClaims,
  type GpuEvidence,
  reportData,
  type TrustProfile,
} from "@cocoon/protocol";

/** A simulated vendor of any kind of TEE, as far as a bundle needs it. */
export type SimulatedTee<Quote, Collateral> = {
  readonly profile: Pick<TrustProfile, "teeType">;
  quote(options: Quote): Promise<Uint8Array>;
  collateral(options?: Collateral): Promise<string>;
};

/** What goes into a bundle; a part left out is as a verifier wants it. */
export type BundleOptions<Quote, Collateral> = {
  readonly claims: Claims;
  readonly measurement: string;
  readonly quote?: Partial<Quote>;
  /** How the collateral is made, or the JSON text itself. */
  readonly collateral?: Collateral | string;
  readonly teeType?: number;
  /** Default: none. The claims must name it. */
  readonly gpu?: GpuEvidence;
};

type QuoteNeeds = { readonly measurement: string; readonly reportData: Uint8Array };

/** An evidence bundle of a simulated vendor, also one that must be refused. */
export async function createSimulatedBundle<Quote extends QuoteNeeds, Collateral extends object>(
  vendor: SimulatedTee<Quote, Collateral>,
  options: BundleOptions<Quote, Collateral>,
): Promise<Uint8Array> {
  const { measurement, collateral, teeType = vendor.profile.teeType, gpu } = options;
  const claims = encodeClaims(options.claims);
  const needs: QuoteNeeds = { measurement, reportData: reportData(claims) };
  // oxlint-disable-next-line no-unsafe-type-assertion -- all that a quote needs is there
  const quote = { ...needs, ...options.quote } as Quote;
  return encodeBundle({
    claims,
    teeType,
    quote: await vendor.quote(quote),
    collateral: typeof collateral === "string" ? collateral : await vendor.collateral(collateral),
    gpu,
  });
}
