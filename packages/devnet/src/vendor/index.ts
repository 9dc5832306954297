export { type BundleOptions, createSimulatedBundle } from "./bundle.ts";
export { type CollateralOptions, simulatedEvaluationNumber } from "./collateral.ts";
export { simulatedImageHash } from "./image.ts";
export { type QuoteOptions } from "./quote.ts";
export { simulatedProfile, simulatedRootName, simulatedTeeType } from "./root.ts";
export {
  createSimulatedVendor,
  type SimulatedVendor,
  type SimulatedVendorOptions,
} from "./vendor.ts";
