// AMD SEV-SNP attestation reports, versions 2 to 5: "SEV Secure Nested Paging Firmware ABI Specification", document
// 56860, ATTESTATION_REPORT. Parsed, not verified. Integers are little-endian.

import { concatBytes, toHex, utf8 } from "../bytes/index.ts";
import { primitives } from "../primitives/index.ts";
import { QuoteReader, refuseQuote } from "./quote-reader.ts";

export type SevReport = {
  readonly version: number;
  readonly policy: bigint;
  readonly vmpl: number;
  readonly platformInfo: bigint;
  /** Which certificate its signature belongs to. */
  readonly signer: "SEV-VCEK" | "SEV-VLEK";
  readonly reportData: Uint8Array;
  readonly measurement: Uint8Array;
  readonly hostData: Uint8Array;
  /** TCB version that the certified key was derived for. 8 bytes. */
  readonly reportedTcb: Uint8Array;
  /** CPUID family and model; version 2 does not say. */
  readonly cpu: { readonly family: number; readonly model: number } | undefined;
  /** 64 bytes. */
  readonly chipId: Uint8Array;
  /** What the signature covers. */
  readonly signed: Uint8Array;
  /** r and s, big-endian, 96 bytes. */
  readonly signature: Uint8Array;
};

export const sevReportBytes = 1_184;
const versionMin = 2;
const versionMax = 5;
/** ECDSA on P-384 with SHA-384. */
const signatureAlgorithm = 1;
/** Of r and s in the report; a P-384 number fills 48 of them. */
const halfBytes = 72;
const numberBytes = 48;

/**
 * Parses a report:
 *
 *     000  version 4, guest SVN 4, policy 8, family id 16, image id 16, VMPL 4, signature algorithm 4
 *     038  current TCB 8, platform info 8, flags 4, zeros 4, report data 64
 *     090  measurement 48, host data 32, id key digest 48, author key digest 48, report id 32, its migration agent's 32
 *     180  reported TCB 8, CPUID family, model and stepping 3 (zeros in version 2), zeros 21, chip id 64
 *     1E0  committed TCB 8, current and committed firmware 8, launch TCB 8, from version 5 on mitigation vectors 16
 *     208  zeros, to here signed
 *     2A0  r 72, s 72, little-endian
 *     330  zeros to 4A0
 *
 * 1,184 bytes. Throws quote_malformed.
 */
export function parseSevReport(bytes: Uint8Array): SevReport {
  if (bytes.length !== sevReportBytes) refuseQuote("size");
  const reader = new QuoteReader(bytes);
  const version = reader.uint(4);
  if (version < versionMin || version > versionMax) refuseQuote("version");
  reader.uint(4);
  const policy = unsigned(reader.bytes(8));
  reader.bytes(32);
  const vmpl = reader.uint(4);
  if (reader.uint(4) !== signatureAlgorithm) refuseQuote("signature algorithm");
  reader.bytes(8);
  const platformInfo = unsigned(reader.bytes(8));
  const signer = signerOf(reader.uint(4));
  reader.bytes(4);
  const reportData = reader.bytes(64);
  const measurement = reader.bytes(48);
  const hostData = reader.bytes(32);
  reader.bytes(160);
  const reportedTcb = reader.bytes(8);
  const [family = 0, model = 0] = reader.bytes(24);
  const chipId = reader.bytes(64);
  reader.bytes(192);
  const signed = reader.before();
  const signature = concatBytes(readNumber(reader), readNumber(reader));
  requireZeros(reader.rest());
  const cpu = version === versionMin ? undefined : { family, model };
  return {
    version,
    policy,
    vmpl,
    platformInfo,
    signer,
    reportData,
    measurement,
    hostData,
    reportedTcb,
    cpu,
    chipId,
    signed,
    signature,
  };
}

/** Bits 2 to 4 of the flags; the others do not matter here: a masked chip id shows by itself. */
function signerOf(flags: number): SevReport["signer"] {
  const signer = (["SEV-VCEK", "SEV-VLEK"] as const)[(flags >> 2) & 7];
  if (signer === undefined) refuseQuote("signer");
  return signer;
}

/** Half of a signature; nobody signs its padding, so it must be zero. */
function readNumber(reader: QuoteReader): Uint8Array {
  const half = reader.bytes(halfBytes);
  requireZeros(half.subarray(numberBytes));
  return half.slice(0, numberBytes).toReversed();
}

function requireZeros(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) refuseQuote("padding");
}

function unsigned(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

const imageDomain = utf8("cocoon/sev-image/1\0");

/** What a guest runs: its launch measurement, and what its host gave it to be measured with. */
export type SevMeasurements = Pick<SevReport, "measurement" | "hostData">;

/**
 * Names what runs in a guest on this type of TEE, hex: SHA-256 of "cocoon/sev-image/1", a zero byte, the TEE type
 * (u32, big-endian), MEASUREMENT (48 bytes) and HOST_DATA (32 bytes).
 */
export function sevImageHash(teeType: number, { measurement, hostData }: SevMeasurements): string {
  const type = new Uint8Array(4);
  new DataView(type.buffer).setUint32(0, teeType);
  return toHex(primitives.sha256(imageDomain, type, measurement, hostData));
}
