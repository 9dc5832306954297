// A real machine's TEE as a worker uses it: quotes from the kernel, collateral from the vendor.

import {
  type Attester,
  CocoonError,
  type GpuAttester,
  type GuestKind,
  identifyQuote,
  type QuoteContext,
} from "@cocoon/protocol";
import type { CollateralKeeper } from "../collateral/index.ts";
import { findVlek } from "./certificate-table.ts";
import { type MachineReport, refuseEvidence, type ReportSource } from "./report-source.ts";

export type HardwareAttesterOptions = QuoteContext & {
  readonly reports: ReportSource;
  readonly collateral: Pick<CollateralKeeper, "collateral">;
  readonly gpus?: GpuAttester;
};

/** As Linux names them. */
const guestKinds: Readonly<Record<string, GuestKind>> = {
  tdx_guest: "tdx",
  sev_guest: "sev-snp",
};

/**
 * Asks the TEE for one quote, to learn what it is and which image runs in it. Throws evidence_unavailable where there
 * is none, and profile_unknown or platform_banned where nobody would believe it.
 */
export async function openHardwareAttester(options: HardwareAttesterOptions): Promise<Attester> {
  const { reports, collateral, gpus } = options;
  const identify = ({ provider, quote }: MachineReport) => {
    const kind = guestKinds[provider];
    if (kind === undefined) throw new CocoonError("profile_unknown", { provider });
    return identifyQuote(kind, quote, options);
  };
  const { imageHash, profile } = identify(await reports(new Uint8Array(64)));
  return {
    teeType: profile.teeType,
    simulated: profile.simulated,
    imageHash,
    attest: async (reportData, { evaluationMin = 0 } = {}) => {
      const report = await reports(reportData);
      const platform = identify(report);
      if (platform.profile !== profile) refuseEvidence("the TEE is another than at start");
      const { auxiliary, quote } = report;
      const vlek = findVlek(auxiliary);
      const question = { platform, quote, evaluationMin, vlek };
      return { quote, collateral: await collateral.collateral(question) };
    },
    ...(gpus !== undefined && { gpus }),
  };
}
