// Verification of a GPU's report. A simulated vendor's GPUs take this way too.

import { equalBytes, toHex } from "../bytes/index.ts";
import {
  type Certificate,
  type DerReader,
  openSequence,
  parseCertificate,
  parsePemCertificates,
} from "../der/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { verifyChain } from "./chain.ts";
import { keyIdsOf, verifyP384 } from "./ecdsa.ts";
import type { GpuDeviceEvidence, GpuEvidence } from "./gpu-evidence.ts";
import {
  gpuMeasurementsHash,
  type GpuMeasurementSet,
  matchesGpuMeasurements,
  parseGpuMeasurements,
} from "./gpu-measurements.ts";
import { type GpuReport, parseGpuReport, refuseGpu } from "./gpu-report.ts";
import type { TrustProfile } from "./profile.ts";

/** GPUs that are genuine and run what one set of measurements says. */
export type VerifiedGpus = {
  readonly profile: TrustProfile<"nvidia-gpu">;
  /** Of the set of measurements, hex. Whether the network allows it is the policy's to say. */
  readonly measurementsHash: string;
  /** Names each GPU, hex: SHA-256 of the key that its maker gave it. */
  readonly platformIds: readonly string[];
  /** Keys of all certificates; see keyIdOf. */
  readonly keyIds: readonly string[];
  readonly expiresAtMs: number;
};

export type GpuContext = {
  readonly profile: TrustProfile<"nvidia-gpu">;
  /** What the GPUs must have been asked with; see gpuNonce. */
  readonly nonce: Uint8Array;
  readonly nowMs: number;
};

/**
 * Verifies the GPUs of a worker. Throws gpu_evidence_malformed, certificate_malformed, chain_untrusted, chain_expired,
 * gpu_signature_invalid, gpu_firmware_mismatch, gpu_nonce_mismatch, gpu_measurement_mismatch, or gpu_evidence_invalid
 * where one GPU stands for two.
 */
export async function verifyGpus(gpu: GpuEvidence, context: GpuContext): Promise<VerifiedGpus> {
  const set = parseGpuMeasurements(gpu.measurements);
  const devices: CertifiedGpu[] = [];
  for (const device of gpu.devices) devices.push(await verifyGpu(device, set, context));
  const platformIds = devices.map((device) => device.platformId);
  if (new Set(platformIds).size !== platformIds.length) {
    throw new CocoonError("gpu_evidence_invalid", { reason: "one GPU twice" });
  }
  return {
    profile: context.profile,
    measurementsHash: gpuMeasurementsHash(gpu.measurements),
    platformIds,
    keyIds: devices.flatMap((device) => device.keyIds),
    expiresAtMs: Math.min(...devices.map((device) => device.expiresAtMs)),
  };
}

async function verifyGpu(
  device: GpuDeviceEvidence,
  set: GpuMeasurementSet,
  context: GpuContext,
): Promise<CertifiedGpu> {
  const { report, ...certified } = await requireGenuineGpu(device, context);
  if (!equalBytes(report.nonce, context.nonce)) throw new CocoonError("gpu_nonce_mismatch");
  if (!matchesGpuMeasurements(report, set)) throw new CocoonError("gpu_measurement_mismatch");
  return certified;
}

type CertifiedGpu = {
  readonly platformId: string;
  readonly keyIds: readonly string[];
  readonly expiresAtMs: number;
};

/** Signer, firmware's key, device and at least one authority; NVIDIA's have five. */
const chainLengthMin = 3;
const chainLengthMax = 6;

/** The part that depends on nothing but the vendor: a genuine GPU signed the report. Throws as verifyGpus. */
export async function requireGenuineGpu(
  { report: bytes, chain: pem }: GpuDeviceEvidence,
  { profile, nowMs }: Omit<GpuContext, "nonce">,
): Promise<CertifiedGpu & { readonly report: GpuReport }> {
  const report = parseGpuReport(bytes);
  const chain = parseChain(pem);
  const [leaf, device] = chain;
  if (leaf === undefined || device === undefined) refuseGpu("chain");
  if (leaf.usage?.digitalSignature !== true || leaf.isAuthority) {
    throw new CocoonError("chain_untrusted", { reason: "not a signer" });
  }
  // The vendor answers about single devices online alone; what is known of them comes with the policy.
  await verifyChain(chain, { rootKeyId: profile.rootKeyId, nowMs, lists: [], listedIssuers: 0 });
  if (report.firmwareId === "" || readFirmwareId(leaf) !== report.firmwareId) {
    throw new CocoonError("gpu_firmware_mismatch");
  }
  if (!(await verifyP384(leaf.key.bytes, report.signature, report.signed))) {
    throw new CocoonError("gpu_signature_invalid");
  }
  return {
    report,
    platformId: toHex(primitives.sha256(device.key.bytes)),
    keyIds: await keyIdsOf(chain),
    expiresAtMs: Math.min(...chain.map((certificate) => certificate.notAfterMs)),
  };
}

const pemEnd = "-----END CERTIFICATE-----";

/** In the strict form of PEM, with a line break at the very end. */
function parseChain(pem: string): Certificate[] {
  const count = pem.split(pemEnd).length - 1;
  const isFit = count >= chainLengthMin && count <= chainLengthMax && pem.endsWith("\n");
  if (!isFit) refuseGpu("chain");
  return parsePemCertificates(pem, count).map((der) => parseCertificate(der));
}

const compositeDeviceIdOid = "2.23.133.5.4.1";
const sha384Oid = "2.16.840.1.101.3.4.2.2";

/**
 * Digest of the firmware that the signing key belongs to, hex, from the leaf's TCG DICE extension:
 *
 *     SEQUENCE { version INTEGER 1, SubjectPublicKeyInfo, SEQUENCE { OID of SHA-384, OCTET STRING 48 } }
 */
function readFirmwareId(leaf: Certificate): string {
  const extension = leaf.extensions.get(compositeDeviceIdOid);
  if (extension === undefined) return "";
  const fields: DerReader = openSequence(extension.content);
  fields.smallUnsigned();
  fields.sequence();
  const digest = fields.sequence();
  fields.end();
  if (digest.oid() !== sha384Oid) throw new CocoonError("gpu_firmware_mismatch");
  const firmwareId = toHex(digest.octetString());
  digest.end();
  return firmwareId;
}
