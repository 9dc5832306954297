// Telling the chain what was proven: the bond is burned, and a quarter of it goes to who reports first.

import { CocoonError } from "@cocoon/protocol";
import {
  readProxyBond,
  readWorkerBond,
  reportBrokenPromise,
  reportContradiction,
  reportDoubleReceipt,
  type Wallet,
} from "@cocoon/sdk";
import type { Logger } from "../observe/index.ts";
import type { Finding } from "./finding.ts";
import type { FindingBook } from "./finding-book.ts";
import type { Identities } from "./identities.ts";

export type ReportingModules = {
  readonly book: FindingBook;
  readonly identities: Identities;
  readonly wallet: Wallet;
  readonly logger: Logger;
};

/** What is to be sent, and where it counts. */
type Report = {
  readonly bond: string;
  readonly phase: () => Promise<string | undefined>;
  readonly send: () => Promise<{ readonly hash: string }>;
};

/**
 * Reports every finding that a contract can judge and has not been told. A bond that is slashed already, or gone, is
 * left alone, so that a report whose outcome was not learned is not paid for twice.
 */
export async function reportFindings(modules: ReportingModules): Promise<void> {
  const { book, logger } = modules;
  for (const finding of book.unreported()) {
    const report = reportOf(finding, modules);
    if (report === undefined) continue;
    const { code } = finding;
    try {
      const outcome = await fileReport(report);
      await book.settle(finding.id, outcome);
      logger.event("fault_reported", { code, contract: report.bond, transaction: outcome });
    } catch (error) {
      if (!(error instanceof CocoonError) || error.code === "storage_failed") throw error;
      if (error.code === "transaction_failed") await book.countAttempt(finding.id);
      logger.warn("report_failed", { code, cause: error.code, contract: report.bond });
    }
  }
}

/** The transaction, or what makes it needless. */
async function fileReport({ phase, send }: Report): Promise<string> {
  const current = await phase();
  if (current !== "bonded" && current !== "unbonding") return current ?? "undeployed";
  return (await send()).hash;
}

function reportOf(
  { evidence, log }: Finding,
  { identities, wallet }: ReportingModules,
): Report | undefined {
  if (evidence.kind === "observation") return undefined;
  if (evidence.kind === "doubleReceipt") {
    const { first, second } = evidence;
    const bonded = evidence.bonded ?? identities.bondedSigner(first, second);
    if (bonded === undefined) return undefined;
    const { bond, identity } = bonded;
    return {
      bond,
      phase: async () => (await readWorkerBond(wallet.client, bond))?.phase,
      send: () => reportDoubleReceipt(wallet, bond, { identity, first, second }),
    };
  }
  return {
    bond: log,
    phase: async () => (await readProxyBond(wallet.client, log))?.phase,
    send: () =>
      evidence.kind === "contradiction"
        ? reportContradiction(wallet, log, evidence.contradiction)
        : reportBrokenPromise(wallet, log, evidence.broken),
  };
}
