import type { SigningKey } from "../primitives/index.ts";
import type { GpuEvidence } from "./gpu-evidence.ts";

/** What a TEE gives for report data: a quote, and the collateral to check it offline. */
export type VendorEvidence = {
  readonly quote: Uint8Array;
  /** JSON text; see VendorCollateral and SevCollateral. */
  readonly collateral: string;
};

/** The GPUs of a machine as the program in its TEE sees them. */
export type GpuAttester = {
  /** Evidence of all GPUs, asked with this nonce; see gpuNonce. */
  attest(nonce: Uint8Array): Promise<GpuEvidence>;
};

/** What evidence has to satisfy besides. */
export type AttestOptions = {
  /** The lowest tcbEvaluationDataNumber that Intel's collateral may have. Default 0. */
  readonly evaluationMin?: number;
  /** The worker's: it signs where no TEE does. */
  readonly identityKey?: SigningKey;
};

/** A TEE as the program inside sees it. */
export type Attester = {
  readonly teeType: number;
  /** Whether it is one of a simulated vendor; claims must say the same. */
  readonly simulated: boolean;
  /** Hex, as the root contract lists it. */
  readonly imageHash: string;
  /** Evidence that the program in this image chose these 64 bytes. */
  attest(reportData: Uint8Array, options?: AttestOptions): Promise<VendorEvidence>;
  /** Where the machine has GPUs in confidential mode. */
  readonly gpus?: GpuAttester;
};
