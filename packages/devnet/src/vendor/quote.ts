import { concatBytes, fromHex, primitives, type TdxMeasurements, utf8 } from "@cocoon/protocol";
import type { Authorities } from "./authorities.ts";
import { simulatedMeasurements } from "./image.ts";
import { simulatedPlatform } from "./platform.ts";
import { simulatedTeeType } from "./root.ts";
import type { VendorKey } from "./vendor-key.ts";

/** What a quote says; a field left out is as a verifier wants it. */
export type QuoteOptions = {
  /** Names the simulated image. */
  readonly measurement: string;
  /** 64 bytes. */
  readonly reportData: Uint8Array;
  readonly version?: 4 | 5;
  readonly teeType?: number;
  /** Default: SEPT_VE_DISABLE alone. Bit 0 is DEBUG. */
  readonly tdAttributes?: bigint;
  readonly teeTcbSvn?: Uint8Array;
  /** 48 bytes, in version 5 alone. Default: zeros, no service TD. */
  readonly mrServiceTd?: Uint8Array;
  /** Default: the simulated quoting enclave's. */
  readonly qeMrSigner?: Uint8Array;
};

/** The platform that quotes: its certificates, and the quoting enclave's key. */
export type QuotingPlatform = { readonly authorities: Authorities; readonly key: VendorKey };

const septVeDisable = 1n << 28n;
/** Intel's quoting enclave: there is one format, so its author stands in simulated quotes too. */
const qeVendor = "939a7233f79c4ca9940a0db3957f0607";
const xfam = "e702060000000000";

/** Signs a TDX quote of version 4 or 5; the layout is drawn above parseTdxQuote of the protocol. */
export async function createQuote(
  platform: QuotingPlatform,
  options: QuoteOptions,
): Promise<Uint8Array> {
  const { version = 4, teeType = simulatedTeeType } = options;
  const body = encodeReport(options, version);
  const header = concatBytes(
    uint(version, 2),
    uint(2, 2),
    uint(teeType, 4),
    new Uint8Array(4),
    bytesOf(qeVendor),
    new Uint8Array(20),
  );
  const bodyType = version === 5 ? concatBytes(uint(3, 2), uint(body.length, 4)) : new Uint8Array();
  const signed = concatBytes(header, bodyType, body);
  const signature = concatBytes(
    await platform.key.sign(signed),
    platform.key.point.subarray(1),
    await certify(platform, options),
  );
  return concatBytes(signed, uint(signature.length, 4), signature);
}

function encodeReport(options: QuoteOptions, version: number): Uint8Array {
  const measurements: TdxMeasurements = simulatedMeasurements(options.measurement);
  const { teeTcbSvn = simulatedPlatform.teeTcbSvn, tdAttributes = septVeDisable } = options;
  const { mrServiceTd = new Uint8Array(48) } = options;
  return concatBytes(
    teeTcbSvn,
    new Uint8Array(48 + 48 + 8),
    uint(tdAttributes, 8),
    bytesOf(xfam),
    measurements.mrTd,
    measurements.mrConfigId,
    measurements.mrOwner,
    measurements.mrOwnerConfig,
    measurements.rtMrs,
    options.reportData,
    ...(version === 5 ? [teeTcbSvn, mrServiceTd] : []),
  );
}

/** The quoting enclave's report on its key, signed by the platform, with the platform's certificates. */
async function certify(
  { authorities, key }: QuotingPlatform,
  options: QuoteOptions,
): Promise<Uint8Array> {
  const authentication = Uint8Array.from({ length: 32 }, (_, index) => index);
  const report = new Uint8Array(384);
  report.set(simulatedPlatform.cpuSvn, 0);
  report[48] = 0x11;
  report.set(options.qeMrSigner ?? simulatedPlatform.qeMrSigner, 128);
  report.set(uint(simulatedPlatform.qeIsvProdId, 2), 256);
  report.set(uint(simulatedPlatform.qeIsvSvn, 2), 258);
  report.set(primitives.sha256(key.point.subarray(1), authentication), 320);
  const certification = concatBytes(
    report,
    await authorities.platformKey.sign(report),
    uint(authentication.length, 2),
    authentication,
    sized(5, utf8(authorities.platformChain)),
  );
  return sized(6, certification);
}

function sized(type: number, content: Uint8Array): Uint8Array {
  return concatBytes(uint(type, 2), uint(content.length, 4), content);
}

/** Little-endian. */
function uint(value: number | bigint, sizeBytes: number): Uint8Array {
  const rest = BigInt(value);
  return Uint8Array.from({ length: sizeBytes }, (_, index) =>
    Number((rest >> BigInt(8 * index)) & 255n),
  );
}

function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}
