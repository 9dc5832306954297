// The simulated GPU vendor: certificates as NVIDIA's, from the key that signs reports to the root, and one GPU.

import {
  basicConstraints,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  encodeExtension,
  encodePemCertificates,
  type GpuDeviceEvidence,
  type GpuEvidence,
  keyUsage,
  primitives,
  toHex,
  type TrustProfile,
} from "@cocoon/protocol";
import { certify, nameOf } from "./certify.ts";
import { importSimulatedGpuRoot, simulatedGpuProfile, simulatedGpuRootName } from "./gpu-root.ts";
import {
  createGpuReport,
  type GpuReportOptions,
  simulatedFirmwareId,
  simulatedGpuMeasurements,
} from "./gpu-report.ts";
import type { SimulatedVendorOptions } from "./vendor.ts";
import { createVendorKey, type VendorKey } from "./vendor-key.ts";

/** A simulated GPU: its evidence takes the same way through the verifier as a real one's. */
export type SimulatedGpu = {
  readonly profile: TrustProfile<"nvidia-gpu">;
  /** Names the GPU, hex, as AttestedWorker has it. */
  readonly platformId: string;
  /** PEM, the signer first. */
  readonly chain: string;
  device(options: GpuReportOptions): Promise<GpuDeviceEvidence>;
  /** What a worker with this one GPU shows when it is asked with a nonce. */
  attest(nonce: Uint8Array): Promise<GpuEvidence>;
};

const dayMs = 86_400_000;
/** The root is the same at all times and on all machines. */
const rootNotBeforeMs = Date.UTC(2020, 0);
const rootNotAfterMs = Date.UTC(2049, 11, 31);

/** Makes a GPU: its root is always the same, everything below is new. */
export async function createSimulatedGpu({
  nowMs,
  random = primitives.randomBytes,
}: SimulatedVendorOptions): Promise<SimulatedGpu> {
  const root = { name: nameOf(simulatedGpuRootName), key: await importSimulatedGpuRoot() };
  const family = { name: nameOf("Simulated GPU Identity"), key: await createVendorKey("P-384") };
  const deviceKey = await createVendorKey("P-384");
  const device = { name: nameOf("Simulated GPU"), key: deviceKey };
  const signer = { name: nameOf("Simulated GPU firmware"), key: await createVendorKey("P-384") };
  const validity = { notBeforeMs: nowMs() - dayMs, notAfterMs: nowMs() + 3_650 * dayMs };
  const authority = [basicConstraints(true), keyUsage("keyCertSign")];
  const rootDer = await certify(root, {
    ...root,
    serial: Uint8Array.of(1),
    notBeforeMs: rootNotBeforeMs,
    notAfterMs: rootNotAfterMs,
    extensions: authority,
  });
  const below = { ...validity, extensions: authority };
  const familyDer = await certify(root, { ...family, ...below, serial: random(16) });
  const deviceDer = await certify(family, { ...device, ...below, serial: random(16) });
  const signerDer = await certify(device, {
    ...signer,
    ...validity,
    serial: random(16),
    extensions: [keyUsage("digitalSignature"), compositeDeviceId(deviceKey)],
  });
  const chain = encodePemCertificates(signerDer, deviceDer, familyDer, rootDer);
  const shown = async (options: GpuReportOptions) => {
    return { report: await createGpuReport(signer.key, options), chain };
  };
  return {
    profile: simulatedGpuProfile,
    platformId: toHex(primitives.sha256(deviceKey.point)),
    chain,
    device: shown,
    attest: async (nonce) => ({
      teeType: simulatedGpuProfile.teeType,
      measurements: simulatedGpuMeasurements,
      devices: [await shown({ nonce })],
    }),
  };
}

const sha384Oid = "2.16.840.1.101.3.4.2.2";

/** The extension that names the firmware: as the protocol's verifier of GPUs reads it. */
export function compositeDeviceId(deviceKey: VendorKey, digestOid: string = sha384Oid): Uint8Array {
  const digest = derSequence(derOid(digestOid), derOctetString(simulatedFirmwareId));
  const content = derSequence(derInteger(1), deviceKey.publicKeyInfo, digest);
  return encodeExtension("2.23.133.5.4.1", false, content);
}
