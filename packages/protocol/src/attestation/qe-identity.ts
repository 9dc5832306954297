// Identity of Intel's TD quoting enclave: Intel PCS API v4, "Get TDX QE identity", version 2.

import {
  type Edition,
  type Masked,
  parseVendorJson,
  readEdition,
  readLevels,
  readMasked,
  readSvnLevel,
  refuseCollateral,
  type SvnLevel,
} from "./vendor-json.ts";

export type QeIdentity = Edition & {
  /** 4 bytes. */
  readonly miscSelect: Masked;
  /** 16 bytes. */
  readonly attributes: Masked;
  /** 32 bytes. */
  readonly mrSigner: Uint8Array;
  readonly isvProdId: number;
  /** From the newest down. */
  readonly levels: readonly SvnLevel[];
};

/** Parses a QE identity; its signature is checked elsewhere. Throws collateral_invalid. */
export function parseQeIdentity(text: string): QeIdentity {
  const json = parseVendorJson(text);
  const isTdx = json.string("id") === "TD_QE" && json.uint("version") === 2;
  if (!isTdx) refuseCollateral("QE identity kind");
  return {
    ...readEdition(json),
    miscSelect: readMasked(json, "miscselect", 4),
    attributes: readMasked(json, "attributes", 16),
    mrSigner: json.hex("mrsigner", 32),
    isvProdId: json.uint("isvprodid", 65_535),
    levels: readLevels(json, readSvnLevel),
  };
}
