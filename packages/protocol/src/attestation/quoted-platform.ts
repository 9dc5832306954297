// Which platform a quote says that it comes from: what its vendor has to be asked for. Nothing here is verified.

import { toHex } from "../bytes/index.ts";
import { parseCertificate, parsePemCertificates } from "../der/index.ts";
import { requirePlatformAuthority } from "./chain.ts";
import { readPckPlatform } from "./pck.ts";
import { findProfile, type GuestKind, type TrustProfile } from "./profile.ts";
import { refuseQuote } from "./quote-reader.ts";
import { readSevTcb, type SevProduct, sevProductLines, type SevTcb } from "./sev-product.ts";
import { parseSevReport, sevImageHash, type SevReport } from "./sev-report.ts";
import { parseTdxQuote } from "./tdx-quote.ts";
import { tdxImageHash } from "./tdx-report.ts";

/** An Intel platform, as its collateral is looked up. */
export type QuotedTdxPlatform = {
  readonly profile: TrustProfile<"tdx">;
  /** Hex. */
  readonly imageHash: string;
  /** Family of the platform, 6 bytes, hex. */
  readonly fmspc: string;
  /** Which of Intel's authorities certified it. */
  readonly authority: "platform" | "processor";
};

/** An AMD platform, as its key's certificate is looked up. */
export type QuotedSevPlatform = {
  readonly profile: TrustProfile<"sev-snp">;
  /** Hex. */
  readonly imageHash: string;
  readonly signer: SevReport["signer"];
  /** As long as the product line's ids are, hex. */
  readonly chipId: string;
  readonly tcb: SevTcb;
};

export type QuotedPlatform = QuotedTdxPlatform | QuotedSevPlatform;

/** Whom a machine may be certified by. */
export type QuoteContext = {
  readonly profiles: readonly TrustProfile[];
  readonly networkId: number;
  /** CPUID family and model, which the oldest SEV-SNP reports do not tell. */
  readonly cpu?: SevReport["cpu"];
};

/**
 * Reads what a quote of this kind says of its platform. Throws quote_malformed, certificate_malformed, profile_unknown,
 * or platform_banned where the profile is broken.
 */
export function identifyQuote(
  kind: GuestKind,
  quote: Uint8Array,
  context: QuoteContext,
): QuotedPlatform {
  return kind === "tdx" ? identifyTdxQuote(quote, context) : identifySevReport(quote, context);
}

function identifyTdxQuote(
  bytes: Uint8Array,
  { profiles, networkId }: QuoteContext,
): QuotedTdxPlatform {
  const { chain, report, teeType } = parseTdxQuote(bytes);
  const [leaf, authority] = parsePemCertificates(chain, 3).map((der) => parseCertificate(der));
  if (leaf === undefined || authority === undefined) refuseQuote("chain");
  return {
    profile: findProfile(profiles, { teeType, kinds: ["tdx"], networkId }),
    imageHash: tdxImageHash(report),
    fmspc: readPckPlatform(leaf).fmspc,
    authority: requirePlatformAuthority(authority),
  };
}

function identifySevReport(bytes: Uint8Array, context: QuoteContext): QuotedSevPlatform {
  const report = parseSevReport(bytes);
  const product = productOf(report.cpu ?? context.cpu);
  const profile = profileOf(product, context);
  return {
    profile,
    imageHash: sevImageHash(profile.teeType, report),
    signer: report.signer,
    chipId: toHex(report.chipId.subarray(0, sevProductLines[product].chipIdBytes)),
    tcb: readSevTcb(report.reportedTcb, product),
  };
}

function productOf(cpu: SevReport["cpu"]): SevProduct {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the type has no other keys
  const products = Object.keys(sevProductLines) as SevProduct[];
  const product = products.find((name) => {
    const { family, hasModel } = sevProductLines[name];
    return cpu?.family === family && hasModel(cpu.model);
  });
  if (product === undefined) refuseQuote("product line");
  return product;
}

/** The first profile of the product line; a report does not say whose root it is under. */
function profileOf(
  product: SevProduct,
  { profiles, networkId }: QuoteContext,
): TrustProfile<"sev-snp"> {
  const known = profiles.find(
    (profile) => profile.kind === "sev-snp" && profile.product === product,
  );
  const teeType = known?.teeType ?? 0;
  return findProfile(profiles, { teeType, kinds: ["sev-snp"], networkId });
}
