// Where a platform stands among the vendor's TCB levels: Intel TDX DCAP, "Enhanced quote verification" steps.

import { equalBytes, toHex } from "../bytes/index.ts";
import { CocoonError } from "../errors/index.ts";
import type { PckPlatform } from "./pck.ts";
import type { QeIdentity } from "./qe-identity.ts";
import type { PlatformLevel, TcbInfo, TdxModule } from "./tcb-info.ts";
import type { QeReport } from "./tdx-quote.ts";
import type { TdxReport } from "./tdx-report.ts";
import { matchesMasked, type SvnLevel } from "./vendor-json.ts";

const acceptedStatus = "UpToDate";
/** SGX attribute bit of an enclave whose memory its host may read. */
const debugAttribute = 0x02;

/** Throws tcb_unknown where no level is reached, tcb_out_of_date where one is that the vendor advises against. */
function requireUpToDate(level: { readonly status: string } | undefined, part: string): void {
  if (level === undefined) throw new CocoonError("tcb_unknown", { part });
  const { status } = level;
  if (status !== acceptedStatus) throw new CocoonError("tcb_out_of_date", { part, status });
}

function levelOf(levels: readonly SvnLevel[], svn: number): SvnLevel | undefined {
  return levels.find((level) => svn >= level.svn);
}

/** Throws qe_identity_mismatch unless the quoting enclave is the vendor's, then as requireUpToDate. */
export function requireQuotingEnclave(report: QeReport, identity: QeIdentity): void {
  const isVendors =
    equalBytes(report.mrSigner, identity.mrSigner) &&
    report.isvProdId === identity.isvProdId &&
    matchesMasked(report.miscSelect, identity.miscSelect) &&
    matchesMasked(report.attributes, identity.attributes) &&
    ((report.attributes[0] ?? 0) & debugAttribute) === 0;
  if (!isVendors) throw new CocoonError("qe_identity_mismatch");
  requireUpToDate(levelOf(identity.levels, report.isvSvn), "quoting enclave");
}

/** Throws tdx_module_mismatch unless the TDX module is one that the vendor names, then as requireUpToDate. */
export function requireTdxModule(report: TdxReport, info: TcbInfo): void {
  const { major, minor } = moduleVersion(report);
  const id = `TDX_${toHex(Uint8Array.of(major)).toUpperCase()}`;
  const identity = info.moduleIdentities.find((candidate) => candidate.id === id);
  const named: TdxModule | undefined = major === 0 ? info.module : identity;
  const matches =
    named !== undefined &&
    equalBytes(report.mrSignerSeam, named.signer) &&
    matchesMasked(report.seamAttributes, named.attributes);
  if (!matches) throw new CocoonError("tdx_module_mismatch", { module: id });
  if (identity !== undefined) requireUpToDate(levelOf(identity.levels, minor), "TDX module");
}

function moduleVersion(report: TdxReport): { readonly major: number; readonly minor: number } {
  return { minor: report.teeTcbSvn[0] ?? 0, major: report.teeTcbSvn[1] ?? 0 };
}

/** Finds the first level that the platform reaches in every component, then as requireUpToDate. */
export function requirePlatformTcb(report: TdxReport, platform: PckPlatform, info: TcbInfo): void {
  // From major version 1 on, the module's own identity says what its first two components would.
  const from = moduleVersion(report).major > 0 ? 2 : 0;
  const isReached = (level: PlatformLevel) =>
    platform.pceSvn >= level.pceSvn &&
    level.sgxSvns.every((svn, index) => (platform.cpuSvn[index] ?? 0) >= svn) &&
    level.tdxSvns.every((svn, index) => index < from || (report.teeTcbSvn[index] ?? 0) >= svn);
  requireUpToDate(info.levels.find(isReached), "platform");
}
