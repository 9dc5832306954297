import { textOf, utf8 } from "../bytes/index.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { CocoonError } from "../errors/index.ts";
import { claimsBytes } from "./claims.ts";
import { encodeGpuEvidence, type GpuEvidence, parseGpuEvidence } from "./gpu-evidence.ts";

/** What a worker shows: its claims, and a TEE vendor's evidence for them. Parsed, not verified. */
export type EvidenceBundle = {
  /** Encoded; see encodeClaims. */
  readonly claims: Uint8Array;
  /** Says which vendor's format quote and collateral have: 0x81 is Intel TDX. */
  readonly teeType: number;
  readonly quote: Uint8Array;
  /** JSON text; see VendorCollateral and SevCollateral. */
  readonly collateral: string;
  /** Undefined where the worker has no GPU to show. */
  readonly gpu: GpuEvidence | undefined;
};

/** A TDX quote with Intel's collateral has about 25 KB, the evidence of each GPU 9 KB, their measurements 7 KB. */
export const bundleBytesMax = 131_072;
export const quoteBytesMax = 32_768;

const magic = utf8("EVB2");

/**
 * Encodes a bundle. Spec section 2.3; integers big-endian:
 *
 *     "EVB2"            4 bytes
 *     claims size       2   305
 *     claims
 *     teeType           4
 *     quote size        4   at most 32 KiB
 *     quote
 *     collateral size   4
 *     collateral            JSON, UTF-8
 *     GPU size          4   0 where there is no GPU
 *     GPU                   see encodeGpuEvidence
 *
 * At most 128 KiB. Throws bundle_malformed when the vendor's evidence is larger than that.
 */
export function encodeBundle(bundle: EvidenceBundle): Uint8Array {
  const collateral = utf8(bundle.collateral);
  const gpu = encodeGpuEvidence(bundle.gpu);
  const bytes = new ByteWriter()
    .bytes(magic)
    .uint(claimsBytes, 2)
    .fixed(bundle.claims, claimsBytes)
    .uint(bundle.teeType, 4)
    .uint(bundle.quote.length, 4)
    .bytes(bundle.quote)
    .uint(collateral.length, 4)
    .bytes(collateral)
    .uint(gpu.length, 4)
    .bytes(gpu)
    .finish();
  refuseLarge(bytes.length, bundleBytesMax);
  refuseLarge(bundle.quote.length, quoteBytesMax);
  return bytes;
}

/** Reads the layout above; sizes are checked before anything is touched. Throws bundle_malformed. */
export function parseBundle(bytes: Uint8Array): EvidenceBundle {
  refuseLarge(bytes.length, bundleBytesMax);
  const reader = new ByteReader(bytes, "bundle_malformed");
  reader.expect(magic);
  const claims = reader.bytes(reader.uint(2));
  const teeType = reader.uint(4);
  const quoteBytes = reader.uint(4);
  refuseLarge(quoteBytes, quoteBytesMax);
  const quote = reader.bytes(quoteBytes);
  const collateral = textOf(reader.bytes(reader.uint(4)));
  const gpu = parseGpuEvidence(reader.bytes(reader.uint(4)));
  reader.end();
  if (collateral === undefined) refuse("collateral is not UTF-8");
  return { claims, teeType, quote, collateral, gpu };
}

function refuseLarge(sizeBytes: number, sizeBytesMax: number): void {
  if (sizeBytes > sizeBytesMax) refuse("too large");
}

function refuse(reason: string): never {
  throw new CocoonError("bundle_malformed", { reason });
}
