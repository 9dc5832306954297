import {
  concatBytes,
  primitives,
  tdxImageHash,
  type TdxMeasurements,
  utf8,
} from "@cocoon/protocol";

/** 16 characters that no hash begins with: a person who looks at the register sees what it is. */
const mark = utf8("COCOON-SIMULATED");

/**
 * The registers of a simulated guest. MRTD is a mark of 16 bytes and the SHA-256 of the measurement's name; no real
 * guest has such a value, because a real MRTD is a SHA-384. The other registers are zero.
 */
export function simulatedMeasurements(measurement: string): TdxMeasurements {
  return {
    mrTd: concatBytes(mark, primitives.sha256(utf8(measurement))),
    mrConfigId: new Uint8Array(48),
    mrOwner: new Uint8Array(48),
    mrOwnerConfig: new Uint8Array(48),
    rtMrs: new Uint8Array(192),
  };
}

/** Image hash of a simulated guest, hex, as the root contract of a devnet lists it. */
export function simulatedImageHash(measurement: string): string {
  return tdxImageHash(simulatedMeasurements(measurement));
}
