// What a TDX module says of a guest: "Intel TDX Module ABI", TDREPORT, as quotes repeat it.

import { toHex } from "../bytes/index.ts";
import { primitives } from "../primitives/index.ts";
import { QuoteReader } from "./quote-reader.ts";

/** What the TDX module measured of a guest. */
export type TdxMeasurements = {
  /** 48 bytes each. */
  readonly mrTd: Uint8Array;
  readonly mrConfigId: Uint8Array;
  readonly mrOwner: Uint8Array;
  readonly mrOwnerConfig: Uint8Array;
  /** Run-time registers 0 to 3, side by side. 192 bytes. */
  readonly rtMrs: Uint8Array;
};

export type TdxReport = TdxMeasurements & {
  /** Version of the TDX module: minor, major, then versions of the platform. 16 bytes. */
  readonly teeTcbSvn: Uint8Array;
  readonly mrSignerSeam: Uint8Array;
  readonly seamAttributes: Uint8Array;
  /** 8 bytes; bit 0 is DEBUG, bit 28 SEPT_VE_DISABLE. */
  readonly tdAttributes: Uint8Array;
  readonly reportData: Uint8Array;
  /** Measurement of a migration TD; zeros where there is none. Empty in version 4. */
  readonly mrServiceTd: Uint8Array;
};

/**
 * A TDX report:
 *
 *     TEE_TCB_SVN 16, MRSEAM 48, MRSIGNERSEAM 48, SEAMATTRIBUTES 8, TDATTRIBUTES 8, XFAM 8,
 *     MRTD 48, MRCONFIGID 48, MROWNER 48, MROWNERCONFIG 48, RTMR0 to RTMR3 192, REPORTDATA 64
 *     [TDX 1.5: TEE_TCB_SVN_2 16, MRSERVICETD 48]
 */
export function parseTdxReport(bytes: Uint8Array): TdxReport {
  const reader = new QuoteReader(bytes);
  const teeTcbSvn = reader.bytes(16);
  reader.bytes(48);
  const mrSignerSeam = reader.bytes(48);
  const seamAttributes = reader.bytes(8);
  const tdAttributes = reader.bytes(8);
  reader.bytes(8);
  const mrTd = reader.bytes(48);
  const mrConfigId = reader.bytes(48);
  const mrOwner = reader.bytes(48);
  const mrOwnerConfig = reader.bytes(48);
  const rtMrs = reader.bytes(192);
  const reportData = reader.bytes(64);
  const mrServiceTd = reader.rest().subarray(16);
  const measurements = { mrTd, mrConfigId, mrOwner, mrOwnerConfig, rtMrs };
  return {
    ...measurements,
    teeTcbSvn,
    mrSignerSeam,
    seamAttributes,
    tdAttributes,
    reportData,
    mrServiceTd,
  };
}

const noReportData = new Uint8Array(64);

/**
 * Names what runs in a guest: SHA-256 of MRTD, MRCONFIGID, MROWNER, MROWNERCONFIG, RTMR0 to RTMR3 and 64 zero bytes,
 * hex. It is the official network's image hash, and leaves out attributes and the TDX module: those are checked apart.
 */
export function tdxImageHash(measurements: TdxMeasurements): string {
  const { mrTd, mrConfigId, mrOwner, mrOwnerConfig, rtMrs } = measurements;
  return toHex(primitives.sha256(mrTd, mrConfigId, mrOwner, mrOwnerConfig, rtMrs, noReportData));
}
