export {
  type Attester,
  type AttestOptions,
  type GpuAttester,
  type VendorEvidence,
} from "./attester.ts";
export { type AttestedWorker, type Expectation, type VerifyOptions } from "./attested-worker.ts";
export {
  bundleBytesMax,
  encodeBundle,
  type EvidenceBundle,
  parseBundle,
  quoteBytesMax,
} from "./bundle.ts";
export {
  type Claims,
  claimsBytes,
  claimsHash,
  claimsValidityMsMax,
  encodeClaims,
  noHash,
  parseClaims,
  reportData,
  workerIdOf,
} from "./claims.ts";
export { keyIdOf } from "./ecdsa.ts";
export { type OpenedCollateral, type VerifiedQuote } from "./evidence.ts";
export { createEvidenceCache, type EvidenceCache } from "./evidence-cache.ts";
export { openCollateral } from "./guest-verifiers.ts";
export {
  encodeGpuEvidence,
  gpuDevicesMax,
  type GpuDeviceEvidence,
  type GpuEvidence,
  gpuEvidenceHash,
  gpuNonce,
} from "./gpu-evidence.ts";
export {
  encodeGpuMeasurements,
  type GpuMeasurementRow,
  gpuMeasurementsHash,
  type GpuMeasurementSet,
} from "./gpu-measurements.ts";
export { type GpuReport, parseGpuReport } from "./gpu-report.ts";
export { type AllowedImage, clockToleranceMs, type AllowedModel, type Policy } from "./policy.ts";
export { openAttester } from "./open-statement.ts";
export {
  amdSevGenoa,
  amdSevMilan,
  amdSevTurin,
  findProfile,
  type GuestKind,
  hardwareProfiles,
  intelTdx,
  nvidiaGpu,
  openMachine,
  type ProfileKind,
  publicProfiles,
  type TrustProfile,
} from "./profile.ts";
export {
  identifyQuote,
  type QuoteContext,
  type QuotedPlatform,
  type QuotedSevPlatform,
  type QuotedTdxPlatform,
} from "./quoted-platform.ts";
export { type Role, roleByte, roleOfByte } from "./role.ts";
export { tdxImageHash, type TdxMeasurements } from "./tdx-report.ts";
export { encodeSevCollateral, type SevCollateral } from "./sev-collateral.ts";
export { readSevTcb, type SevProduct, sevProductLines, type SevTcb } from "./sev-product.ts";
export { sevImageHash, type SevMeasurements, sevReportBytes } from "./sev-report.ts";
export { normalizeTdxCollateral, type VendorCollateral } from "./tdx-collateral-parts.ts";
export { verifyBundle } from "./verify-bundle.ts";
