// Where a machine's TEE is asked for a quote.

import { CocoonError } from "@cocoon/protocol";

/** What the TEE of this machine answered. */
export type MachineReport = {
  /** As Linux names it: "tdx_guest", "sev_guest". */
  readonly provider: string;
  /** A TDX quote or an SEV-SNP report. */
  readonly quote: Uint8Array;
  /** For SEV-SNP the host's table of certificates, where it gives one. */
  readonly auxiliary: Uint8Array;
};

/** Asks for a quote over 64 bytes. Throws evidence_unavailable. */
export type ReportSource = (reportData: Uint8Array) => Promise<MachineReport>;

/** Reasons are sentences for the operator; no file's content is in them. */
export function refuseEvidence(reason: string, cause?: unknown): never {
  throw new CocoonError("evidence_unavailable", { reason }, { cause });
}

/** ENOENT and the like. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown error";
}
