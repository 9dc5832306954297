// Verification of a TDX quote against opened collateral. A simulated vendor's quotes take this way too.

import { concatBytes, equalBytes } from "../bytes/index.ts";
import { parseCertificate, parsePemCertificates } from "../der/index.ts";
import { CocoonError } from "../errors/index.ts";
import { primitives } from "../primitives/index.ts";
import { requireLeaf, requirePlatformAuthority, verifyChain } from "./chain.ts";
import type { VerifiedQuote } from "./evidence.ts";
import { keyIdsOf, verifyP256 } from "./ecdsa.ts";
import { type PckPlatform, readPckPlatform } from "./pck.ts";
import type { TrustProfile } from "./profile.ts";
import { refuseQuote } from "./quote-reader.ts";
import { requirePlatformTcb, requireQuotingEnclave, requireTdxModule } from "./tcb.ts";
import type { OpenedTdxCollateral } from "./tdx-collateral.ts";
import { parseTdxQuote, type TdxQuote } from "./tdx-quote.ts";
import { tdxImageHash, type TdxReport } from "./tdx-report.ts";

const pckName = "Intel SGX PCK Certificate";

/**
 * Verifies that a quote was made by a genuine, current platform of the profile's vendor, in a guest that its host
 * cannot debug. Throws quote_malformed, certificate_malformed, chain_untrusted, chain_expired, crl_invalid,
 * certificate_revoked, collateral_mismatch, quote_signature_invalid, qe_identity_mismatch, tdx_module_mismatch,
 * tcb_unknown, tcb_out_of_date, debug_enabled or attributes_refused.
 */
export async function verifyTdxQuote(
  bytes: Uint8Array,
  collateral: OpenedTdxCollateral,
  profile: TrustProfile<"tdx">,
  nowMs: number,
): Promise<VerifiedQuote> {
  if (collateral.rootKeyId !== profile.rootKeyId) throw new RangeError("another root's collateral");
  const quote = parseTdxQuote(bytes);
  if (quote.teeType !== profile.teeType) refuseQuote("TEE type");
  const { platform, key, keyIds, expiresAtMs } = await verifyPlatform(quote, collateral, nowMs);
  await requireSignatures(quote, key);
  const { report, qeReport } = quote;
  requireQuotingEnclave(qeReport, collateral.qeIdentity);
  requireTdxModule(report, collateral.tcbInfo);
  requirePlatformTcb(report, platform, collateral.tcbInfo);
  requireAttributes(report);
  return {
    imageHash: tdxImageHash(report),
    reportData: report.reportData.slice(),
    platformId: platform.ppid,
    keyIds: [...keyIds, ...collateral.keyIds],
    expiresAtMs: Math.min(expiresAtMs, collateral.expiresAtMs),
  };
}

type CertifiedPlatform = {
  readonly platform: PckPlatform;
  readonly key: Uint8Array;
  readonly keyIds: readonly string[];
  readonly expiresAtMs: number;
};

async function verifyPlatform(
  quote: TdxQuote,
  { lists, rootKeyId, tcbInfo }: OpenedTdxCollateral,
  nowMs: number,
): Promise<CertifiedPlatform> {
  const chain = parsePemCertificates(quote.chain, 3).map((der) => parseCertificate(der));
  const [leaf, authority] = chain;
  if (leaf === undefined || authority === undefined) refuseQuote("chain");
  requireLeaf(leaf, pckName);
  requirePlatformAuthority(authority);
  await verifyChain(chain, { rootKeyId, nowMs, lists });
  const platform = readPckPlatform(leaf);
  if (platform.fmspc !== tcbInfo.fmspc || platform.pceId !== tcbInfo.pceId) {
    throw new CocoonError("collateral_mismatch", { fmspc: platform.fmspc });
  }
  const expiresAtMs = Math.min(...chain.map((certificate) => certificate.notAfterMs));
  return { platform, key: leaf.key.bytes, keyIds: await keyIdsOf(chain), expiresAtMs };
}

/** Platform key signs the QE report, which names the attestation key, which signs the quote. */
async function requireSignatures(quote: TdxQuote, platformKey: Uint8Array): Promise<void> {
  const { qeReport, attestationKey } = quote;
  const refuse = (reason: string): never => {
    throw new CocoonError("quote_signature_invalid", { reason });
  };
  if (!(await verifyP256(platformKey, quote.qeReportSignature, qeReport.whole))) {
    refuse("QE report");
  }
  const named = concatBytes(
    primitives.sha256(attestationKey, quote.qeAuthentication),
    new Uint8Array(32),
  );
  if (!equalBytes(qeReport.reportData, named)) refuse("attestation key");
  const point = concatBytes(Uint8Array.of(4), attestationKey);
  if (!(await verifyP256(point, quote.signature, quote.signed))) refuse("quote");
}

/** TDATTRIBUTES, bit by bit ("Intel TDX Module ABI", TDATTRIBUTES). */
const debugBits = 0xffn;
const septVeDisable = 1n << 28n;
/** Protection keys, key locker, performance counters: they do not touch what the guest keeps secret. */
const harmless = (1n << 30n) | (1n << 31n) | (1n << 63n);

function requireAttributes({ tdAttributes, mrServiceTd }: TdxReport): void {
  const attributes = tdAttributes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  if ((attributes & debugBits) !== 0n) throw new CocoonError("debug_enabled");
  const refuse = (reason: string): never => {
    throw new CocoonError("attributes_refused", { reason });
  };
  if ((attributes & septVeDisable) === 0n) refuse("SEPT_VE_DISABLE is off");
  if ((attributes & ~(septVeDisable | harmless)) !== 0n) refuse("unknown attribute");
  // A migration TD could move the guest, with its secrets, to another machine.
  if (mrServiceTd.some((byte) => byte !== 0)) refuse("service TD");
}
