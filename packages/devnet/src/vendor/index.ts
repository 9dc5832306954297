export { type BundleOptions, createSimulatedBundle, type SimulatedTee } from "./bundle.ts";
export { type CollateralOptions, simulatedEvaluationNumber } from "./collateral.ts";
export {
  type GpuReportOptions,
  simulatedGpuMeasurements,
  simulatedGpuMeasurementsHash,
} from "./gpu-report.ts";
export { simulatedGpuProfile, simulatedGpuRootName } from "./gpu-root.ts";
export { createSimulatedGpu, type SimulatedGpu } from "./gpu-vendor.ts";
export { simulatedImageHash } from "./image.ts";
export { type QuoteOptions } from "./quote.ts";
export { simulatedProfile, simulatedRootName, simulatedTeeType } from "./root.ts";
export { type SevCollateralOptions, simulatedSevTcb } from "./sev-authorities.ts";
export { type SevReportOptions, simulatedSevImageHash } from "./sev-report.ts";
export {
  type SimulatedSevProduct,
  simulatedSevProfiles,
  simulatedSevRootName,
} from "./sev-root.ts";
export { createSimulatedSevVendor, type SimulatedSevVendor } from "./sev-vendor.ts";
export {
  createSimulatedVendor,
  type SimulatedVendor,
  type SimulatedVendorOptions,
} from "./vendor.ts";
