export { type Attester, type VendorEvidence } from "./attester.ts";
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
export { type VendorCollateral } from "./collateral-parts.ts";
export { openCollateral, type OpenedCollateral } from "./collateral.ts";
export { keyIdOf } from "./ecdsa.ts";
export { createEvidenceCache, type EvidenceCache } from "./evidence-cache.ts";
export { type AllowedImage, clockToleranceMs, type AllowedModel, type Policy } from "./policy.ts";
export { findProfile, intelTdx, type TrustProfile } from "./profile.ts";
export { type Role, roleByte, roleOfByte } from "./role.ts";
export { tdxImageHash, type TdxMeasurements } from "./tdx-report.ts";
export { type VerifiedQuote, verifyTdxQuote } from "./tdx.ts";
export { verifyBundle } from "./verify-bundle.ts";
