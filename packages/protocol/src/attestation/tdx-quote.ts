// Intel TDX quotes, versions 4 and 5: "Intel TDX DCAP Quote Generation Library and Quote Verification Library",
// appendix A.3. Parsed, not verified. Integers are little-endian, unlike everywhere else in this network.

import { textOf, toHex } from "../bytes/index.ts";
import { quoteBytesMax } from "./bundle.ts";
import { QuoteReader, refuseQuote } from "./quote-reader.ts";
import { parseTdxReport, type TdxReport } from "./tdx-report.ts";

/** The quoting enclave's own report (SGX REPORT body), of which these fields matter. */
export type QeReport = {
  readonly whole: Uint8Array;
  readonly miscSelect: Uint8Array;
  readonly attributes: Uint8Array;
  readonly mrSigner: Uint8Array;
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly reportData: Uint8Array;
};

export type TdxQuote = {
  readonly teeType: number;
  readonly report: TdxReport;
  /** Header and report: what the attestation key signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** The quoting enclave's attestation key: a P-256 point without its leading byte. 64 bytes. */
  readonly attestationKey: Uint8Array;
  readonly qeReport: QeReport;
  /** Over the QE report, by the platform's certified key. */
  readonly qeReportSignature: Uint8Array;
  /** Hashed into the QE report together with the attestation key. */
  readonly qeAuthentication: Uint8Array;
  /** PEM of the platform's certificate, its authority and the root. */
  readonly chain: string;
};

/** "ECDSA-256-with-P-256". */
const attestationKeyType = 2;
/** Names Intel as the author of the quoting enclave. */
const intelQeVendor = "939a7233f79c4ca9940a0db3957f0607";
const qeReportCertification = 6;
const pckChainCertification = 5;
/** Body types of version 5, with their sizes: TDX 1.0 and 1.5. */
const bodyBytes = new Map([
  [2, 584],
  [3, 648],
]);

/**
 * Parses a quote:
 *
 *     header            48 bytes   version 2, key type 2, TEE type 4, 0 4, QE vendor 16, user data 20
 *     [version 5:        6         body type 2, body size 4]
 *     report           584 or 648  see parseTdxReport; the signature covers all down to here
 *     size               4         of what follows, but for zero bytes at the very end
 *     signature         64         r, s
 *     attestation key   64         x, y
 *     6, size            6
 *       QE report      384         see parseQeReport
 *       signature       64         of the QE report, by the platform's key
 *       size, bytes      2 + n     authentication of the quoting enclave
 *       5, size          6
 *         chain          n         PEM that ends with a line break, then zero bytes
 *
 * At most 32 KiB. Throws quote_malformed.
 */
export function parseTdxQuote(bytes: Uint8Array): TdxQuote {
  if (bytes.length > quoteBytesMax) refuseQuote("too large");
  const quote = new QuoteReader(bytes);
  const { version, teeType } = readHeader(quote);
  const report = parseTdxReport(readReport(quote, version));
  const signed = quote.before();
  const rest = quote.sized(4);
  if (quote.rest().some((byte) => byte !== 0)) refuseQuote("trailing bytes");
  const signature = rest.bytes(64);
  const attestationKey = rest.bytes(64);
  const certification = readCertification(rest, qeReportCertification);
  const qeReport = parseQeReport(certification.bytes(384));
  const qeReportSignature = certification.bytes(64);
  const qeAuthentication = certification.sized(2).rest();
  const chain = textOf(withoutEnd(readCertification(certification, pckChainCertification).rest()));
  if (chain?.endsWith("\n") !== true) refuseQuote("chain");
  return {
    teeType,
    report,
    signed,
    signature,
    attestationKey,
    qeReport,
    qeReportSignature,
    qeAuthentication,
    chain,
  };
}

/** Quoting enclaves end the chain as C ends a string. Nobody signs that end, so what is left must be spelled in one way. */
function withoutEnd(text: Uint8Array): Uint8Array {
  return text.subarray(0, text.findLastIndex((byte) => byte !== 0) + 1);
}

function readHeader(quote: QuoteReader): { version: number; teeType: number } {
  const version = quote.uint(2);
  if (version !== 4 && version !== 5) refuseQuote("version");
  if (quote.uint(2) !== attestationKeyType) refuseQuote("key type");
  const teeType = quote.uint(4);
  quote.bytes(4);
  if (toHex(quote.bytes(16)) !== intelQeVendor) refuseQuote("QE vendor");
  quote.bytes(20);
  return { version, teeType };
}

function readReport(quote: QuoteReader, version: number): Uint8Array {
  const bodyType = version === 4 ? 2 : quote.uint(2);
  const sizeBytes = bodyBytes.get(bodyType);
  if (sizeBytes === undefined) refuseQuote("body type");
  if (version === 5 && quote.uint(4) !== sizeBytes) refuseQuote("body size");
  return quote.bytes(sizeBytes);
}

/** The next certification data, of which nothing may follow. */
function readCertification(outer: QuoteReader, type: number): QuoteReader {
  if (outer.uint(2) !== type) refuseQuote("certification type");
  const certification = outer.sized(4);
  outer.end();
  return certification;
}

/**
 * An SGX report, where the fields that matter stand at these offsets:
 *
 *     16 MISCSELECT 4, 48 ATTRIBUTES 16, 128 MRSIGNER 32, 256 ISVPRODID 2, 258 ISVSVN 2, 320 REPORTDATA 64
 */
function parseQeReport(whole: Uint8Array): QeReport {
  const reader = new QuoteReader(whole.subarray(256));
  return {
    whole,
    miscSelect: whole.subarray(16, 20),
    attributes: whole.subarray(48, 64),
    mrSigner: whole.subarray(128, 160),
    isvProdId: reader.uint(2),
    isvSvn: reader.uint(2),
    reportData: whole.subarray(320, 384),
  };
}
