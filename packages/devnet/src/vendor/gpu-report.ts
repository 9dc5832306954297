import {
  concatBytes,
  encodeGpuMeasurements,
  fromHex,
  gpuMeasurementsHash,
  type GpuMeasurementRow,
  primitives,
  toHex,
  utf8,
} from "@cocoon/protocol";
import type { VendorKey } from "./vendor-key.ts";

/** What a report says; a field left out is as a verifier wants it. */
export type GpuReportOptions = {
  /** What the GPU was asked with, 32 bytes. */
  readonly nonce: Uint8Array;
  readonly driver?: string;
  /** Hex. */
  readonly vbios?: string;
  readonly measurements?: readonly GpuMeasurementRow[];
  /** 48 bytes. Default: the digest of the simulated firmware. */
  readonly firmwareId?: Uint8Array;
};

/** Stands for the digest of the firmware that holds the signing key. */
export const simulatedFirmwareId: Uint8Array = concatBytes(
  utf8("COCOON-SIMULATED"),
  primitives.sha256(utf8("gpu firmware")),
);

const driver = "0.0.0-simulated";
const vbios = "c0c0000000000000";
/** One value that changes from GPU to GPU, and two that do not. */
const rows: readonly GpuMeasurementRow[] = [
  { index: 1, values: [toHex(concatBytes(utf8("COCOON-SIMULATED"), new Uint8Array(32)))] },
  { index: 2, values: [toHex(concatBytes(utf8("COCOON-SIMULATED"), new Uint8Array(32).fill(1)))] },
  { index: 3, values: [] },
];

/** Golden measurements of simulated GPUs: the set's text, and its hash as the root contract of a devnet lists it. */
export const simulatedGpuMeasurements: string = encodeGpuMeasurements({
  driver,
  vbios,
  measurements: rows,
});
export const simulatedGpuMeasurementsHash: string = gpuMeasurementsHash(simulatedGpuMeasurements);

/** Signs a report; the layout is drawn above parseGpuReport of the protocol. */
export async function createGpuReport(
  key: VendorKey,
  options: GpuReportOptions,
): Promise<Uint8Array> {
  const { measurements = rows } = options;
  const blocks = measurements.map(({ index, values: [value = "00".repeat(48)] }) => {
    const bytes = fromHex(value) ?? new Uint8Array();
    return concatBytes(
      Uint8Array.of(index, 1),
      uint(bytes.length + 3, 2),
      Uint8Array.of(1),
      uint(bytes.length, 2),
      bytes,
    );
  });
  const record = concatBytes(...blocks);
  const opaque = concatBytes(
    field(3, utf8(`${options.driver ?? driver}\0`)),
    field(6, fromHex(options.vbios ?? vbios) ?? new Uint8Array()),
    field(20, options.firmwareId ?? simulatedFirmwareId),
  );
  const signed = concatBytes(
    Uint8Array.of(0x11, 0xe0, 0x01, 0xff),
    options.nonce,
    Uint8Array.of(0),
    Uint8Array.of(0x11, 0x60, 0, 0, blocks.length),
    uint(record.length, 3),
    record,
    new Uint8Array(32).fill(5),
    uint(opaque.length, 2),
    opaque,
  );
  return concatBytes(signed, await key.sign(signed));
}

function field(kind: number, value: Uint8Array): Uint8Array {
  return concatBytes(uint(kind, 2), uint(value.length, 2), value);
}

/** Little-endian. */
function uint(value: number, sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, index) => (value >> (8 * index)) & 255);
}
