// A GPU's attestation report: request and response of SPDM 1.1 (DMTF DSP0274) GET_MEASUREMENTS with a signature, as
// NVIDIA's drivers record them. Parsed, not verified. Integers are little-endian.

import { textOf, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";

export type GpuReport = {
  /** What the GPU was asked with. 32 bytes. */
  readonly nonce: Uint8Array;
  /** By index, hex. */
  readonly measurements: ReadonlyMap<number, string>;
  /** Version of the driver: "550.90.07". */
  readonly driver: string;
  /** Version of the firmware on the board, hex. */
  readonly vbios: string;
  /** Digest of the firmware that holds the signing key, hex; empty where the report does not say. */
  readonly firmwareId: string;
  readonly signed: Uint8Array;
  /** r and s, 96 bytes. */
  readonly signature: Uint8Array;
};

const version = 0x11;
/** GET_MEASUREMENTS with a signature, of all blocks, for the certificate in slot 0. */
const requestHead = [version, 0xe0, 0x01, 0xff];
const responseCode = 0x60;
const slot = 0;
const signatureBytes = 96;
const dmtfSpecification = 1;
/** Opaque fields of NVIDIA's. */
const opaque = { driver: 3, vbios: 6, firmwareId: 20 } as const;

export function refuseGpu(reason: string): never {
  throw new CocoonError("gpu_evidence_malformed", { reason });
}

/**
 * Parses a report:
 *
 *     request          37   version 1, code E0 1, signed 1, all 1, nonce 32, slot 1
 *     response head     8   version 1, code 60 1, reserved 1, slot 1, number of blocks 1, size of the blocks 3
 *     blocks                index 1, specification 1 (DMTF), size 2, of which: kind 1, size 2, value
 *     nonce            32   the GPU's
 *     opaque size       2
 *     opaque                kind 2, size 2, value; each kind once
 *     signature        96   r, s, of all before
 *
 * Throws gpu_evidence_malformed.
 */
export function parseGpuReport(bytes: Uint8Array): GpuReport {
  const reader = new ReportReader(bytes);
  if (requestHead.some((byte) => reader.uint(1) !== byte)) refuseGpu("request");
  const nonce = reader.bytes(32);
  if (reader.uint(1) !== slot) refuseGpu("slot");
  if (reader.uint(1) !== version || reader.uint(1) !== responseCode) refuseGpu("response");
  reader.uint(1);
  if (reader.uint(1) !== slot) refuseGpu("slot");
  const count = reader.uint(1);
  const measurements = readMeasurements(new ReportReader(reader.bytes(reader.uint(3))), count);
  reader.bytes(32);
  const fields = readOpaque(new ReportReader(reader.bytes(reader.uint(2))));
  const signed = reader.before();
  const signature = reader.bytes(signatureBytes);
  reader.end();
  const field = (kind: number) => fields.get(kind) ?? new Uint8Array();
  return {
    nonce,
    measurements,
    driver: textOf(field(opaque.driver).filter((byte) => byte !== 0)) ?? "",
    vbios: toHex(field(opaque.vbios)),
    firmwareId: toHex(field(opaque.firmwareId)),
    signed,
    signature,
  };
}

function readMeasurements(reader: ReportReader, count: number): Map<number, string> {
  const measurements = new Map<number, string>();
  for (let read = 0; read < count; read += 1) {
    const index = reader.uint(1);
    if (reader.uint(1) !== dmtfSpecification) refuseGpu("specification");
    const block = new ReportReader(reader.bytes(reader.uint(2)));
    block.uint(1);
    const value = block.bytes(block.uint(2));
    block.end();
    if (measurements.has(index)) refuseGpu("index twice");
    measurements.set(index, toHex(value));
  }
  reader.end();
  return measurements;
}

function readOpaque(reader: ReportReader): Map<number, Uint8Array> {
  const fields = new Map<number, Uint8Array>();
  while (!reader.done) {
    const kind = reader.uint(2);
    const value = reader.bytes(reader.uint(2));
    if (fields.has(kind)) refuseGpu("opaque field twice");
    fields.set(kind, value);
  }
  return fields;
}

class ReportReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#offset === this.#bytes.length;
  }

  bytes(sizeBytes: number): Uint8Array {
    if (sizeBytes > this.#bytes.length - this.#offset) refuseGpu("too short");
    this.#offset += sizeBytes;
    return this.#bytes.subarray(this.#offset - sizeBytes, this.#offset);
  }

  uint(sizeBytes: 1 | 2 | 3): number {
    return this.bytes(sizeBytes).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** All that was read so far. */
  before(): Uint8Array {
    return this.#bytes.subarray(0, this.#offset);
  }

  end(): void {
    if (!this.done) refuseGpu("trailing bytes");
  }
}
