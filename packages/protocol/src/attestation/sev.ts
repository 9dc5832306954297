// Verification of an AMD SEV-SNP report under a certified key. A simulated vendor's reports take this way too.

import { equalBytes, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import { verifyP384 } from "./ecdsa.ts";
import type { VerifiedQuote } from "./evidence.ts";
import type { TrustProfile } from "./profile.ts";
import type { CertifiedSevKey } from "./sev-collateral.ts";
import { equalSevTcb, readSevTcb, sevProductLines } from "./sev-product.ts";
import { parseSevReport, sevImageHash, type SevReport } from "./sev-report.ts";

/**
 * Verifies that a report was made by a genuine platform of the profile's vendor, in a guest that its host can neither
 * debug nor move. Throws what requireGenuineReport throws, debug_enabled or attributes_refused.
 */
export async function verifySevReport(
  bytes: Uint8Array,
  certified: CertifiedSevKey,
  profile: TrustProfile<"sev-snp">,
): Promise<VerifiedQuote> {
  const report = await requireGenuineReport(bytes, certified, profile);
  requireGuestPolicy(report);
  requirePlatformInfo(report);
  return {
    imageHash: sevImageHash(profile.teeType, report),
    reportData: report.reportData.slice(),
    platformId: platformIdOf(report, profile),
    keyIds: certified.keyIds,
    expiresAtMs: certified.expiresAtMs,
    sevTcb: certified.platform.tcb,
  };
}

/**
 * The part that is about the platform alone: the certified key is the one for the chip and the versions that the
 * report names, and signed it. Throws quote_malformed, collateral_mismatch or quote_signature_invalid.
 */
export async function requireGenuineReport(
  bytes: Uint8Array,
  { platform, signer, key }: CertifiedSevKey,
  { product }: TrustProfile<"sev-snp">,
): Promise<SevReport> {
  const report = parseSevReport(bytes);
  const mismatch = (field: string): never => {
    throw new CocoonError("collateral_mismatch", { field });
  };
  if (report.signer !== signer) mismatch("signer");
  if (!isOfProduct(report, product)) mismatch("product");
  if (!equalSevTcb(readSevTcb(report.reportedTcb, product), platform.tcb)) mismatch("TCB");
  if (signer === "SEV-VCEK" && !isOfChip(report.chipId, platform.chipId)) mismatch("chip");
  if (!(await verifyP384(key, report.signature, report.signed))) {
    throw new CocoonError("quote_signature_invalid");
  }
  return report;
}

function isOfProduct({ cpu }: SevReport, product: TrustProfile<"sev-snp">["product"]): boolean {
  const { family, hasModel } = sevProductLines[product];
  return cpu === undefined || (cpu.family === family && hasModel(cpu.model));
}

/** The report pads an id with zeros. */
function isOfChip(padded: Uint8Array, id: Uint8Array | undefined): boolean {
  if (id === undefined) return false;
  const rest = padded.subarray(id.length);
  return equalBytes(padded.subarray(0, id.length), id) && rest.every((byte) => byte === 0);
}

/** Guest policy, bit by bit ("SEV-SNP Firmware ABI", guest policy structure). */
const minimumAbi = 0xffffn;
const smtAllowed = 1n << 16n;
const alwaysOne = 1n << 17n;
const debugAllowed = 1n << 19n;
/** Single socket, AES-256-XTS, no power readings, hidden ciphertext, no page swap: they ask for more protection. */
const stricter = (1n << 20n) | (1n << 22n) | (1n << 23n) | (1n << 24n) | (1n << 25n);

function requireGuestPolicy({ policy, vmpl }: SevReport): void {
  if ((policy & debugAllowed) !== 0n) throw new CocoonError("debug_enabled");
  const refuse = (reason: string): never => {
    throw new CocoonError("attributes_refused", { reason });
  };
  if ((policy & alwaysOne) === 0n) refuse("policy");
  // What is left over: migration agents, which could move the guest, memory on CXL, and what nobody knows yet.
  if ((policy & ~(minimumAbi | smtAllowed | alwaysOne | stricter)) !== 0n) refuse("policy");
  // A lower privilege level is watched by code that the measurement may not cover.
  if (vmpl !== 0) refuse("VMPL");
}

/** The firmware found no two addresses that lead to one cell of memory (AMD-SB-3015, "BadRAM"). */
const aliasCheckComplete = 1n << 5n;

function requirePlatformInfo({ platformInfo }: SevReport): void {
  if ((platformInfo & aliasCheckComplete) === 0n) {
    throw new CocoonError("attributes_refused", { reason: "memory aliases are not checked" });
  }
}

/** A host may mask its chip's id; then nobody could tell one machine from another. */
function platformIdOf({ chipId }: SevReport, { product }: TrustProfile<"sev-snp">): string {
  if (chipId.every((byte) => byte === 0)) {
    throw new CocoonError("attributes_refused", { reason: "the chip's id is masked" });
  }
  return toHex(chipId.subarray(0, sevProductLines[product].chipIdBytes));
}
