// What a bundle says of GPUs. Parsed, not verified.

import { concatBytes, textOf, toHex, utf8 } from "../bytes/index.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";

/** One GPU: its report, and the certificates of the key that signed it. */
export type GpuDeviceEvidence = {
  /** Request and response, as parseGpuReport reads them. */
  readonly report: Uint8Array;
  /** PEM, the signer first and the vendor's root last. */
  readonly chain: string;
};

/** The GPUs of a worker, all of one make. */
export type GpuEvidence = {
  /** Says which profile is for it. */
  readonly teeType: number;
  /** JSON text of the measurements that the root contract allows; see parseGpuMeasurements. */
  readonly measurements: string;
  readonly devices: readonly GpuDeviceEvidence[];
};

export const gpuDevicesMax = 8;
const partBytesMax = 16_384;
const evidenceDomain = utf8("cocoon/gpu-evidence/1\0");
const nonceDomain = utf8("cocoon/gpu/1\0");

/**
 * Encodes GPU evidence; none is no bytes at all. Spec section 2.3; integers big-endian:
 *
 *     teeType            4
 *     measurements size  4   at most 16 KiB, as each size here
 *     measurements           JSON, UTF-8
 *     count              1   1 to 8, then for each GPU
 *       report size      4
 *       report
 *       chain size       4
 *       chain                PEM
 *
 * Sizes out of range throw bundle_malformed.
 */
export function encodeGpuEvidence(gpu: GpuEvidence | undefined): Uint8Array {
  if (gpu === undefined) return new Uint8Array();
  requireCount(gpu.devices.length);
  const parts = gpu.devices.flatMap(({ report, chain }) => [sized(report), sized(utf8(chain))]);
  return new ByteWriter()
    .uint(gpu.teeType, 4)
    .bytes(sized(utf8(gpu.measurements)))
    .uint(gpu.devices.length, 1)
    .bytes(concatBytes(...parts))
    .finish();
}

/** Reads the layout above. Throws bundle_malformed. */
export function parseGpuEvidence(bytes: Uint8Array): GpuEvidence | undefined {
  if (bytes.length === 0) return undefined;
  const reader = new ByteReader(bytes, "bundle_malformed");
  const teeType = reader.uint(4);
  const measurements = readText(reader);
  const count = reader.uint(1);
  requireCount(count);
  const devices = Array.from({ length: count }, () => {
    const report = readSized(reader);
    return { report, chain: readText(reader) };
  });
  reader.end();
  return { teeType, measurements, devices };
}

/** Names GPU evidence in claims: SHA-256 of "cocoon/gpu-evidence/1", a zero byte and the layout above. Hex. */
export function gpuEvidenceHash(gpu: GpuEvidence): string {
  return toHex(primitives.sha256(evidenceDomain, encodeGpuEvidence(gpu)));
}

/**
 * What a GPU must be asked with: SHA-256 of "cocoon/gpu/1", a zero byte, the identity key that was made in the guest,
 * and the root hash of the block that its claims name. It ties the GPU's report to this guest, at this boot.
 */
export function gpuNonce(identityKey: Uint8Array, anchorRootHash: Uint8Array): Uint8Array {
  return primitives.sha256(nonceDomain, identityKey, anchorRootHash);
}

function sized(part: Uint8Array): Uint8Array {
  refuseLarge(part.length);
  return new ByteWriter().uint(part.length, 4).bytes(part).finish();
}

function readSized(reader: ByteReader): Uint8Array {
  const sizeBytes = reader.uint(4);
  refuseLarge(sizeBytes);
  return reader.bytes(sizeBytes);
}

function readText(reader: ByteReader): string {
  const text = textOf(readSized(reader));
  if (text === undefined) refuse("not UTF-8");
  return text;
}

function requireCount(count: number): void {
  if (count < 1 || count > gpuDevicesMax) refuse("number of GPUs");
}

function refuseLarge(sizeBytes: number): void {
  if (sizeBytes > partBytesMax) refuse("too large");
}

function refuse(reason: string): never {
  throw new CocoonError("bundle_malformed", { part: "gpu", reason });
}
