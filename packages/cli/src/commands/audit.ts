// `cocoon audit`: follows logs for as long as it runs, or looks at them once.

import {
  type AuditReport,
  createLogger,
  environment,
  openAuditor,
  readAuditorConfig,
  readConfigFile,
} from "@cocoon/services";
import type { Run } from "../command.ts";
import { prepareAuditor } from "../roles/auditor.ts";
import { openChain } from "../roles/chain.ts";
import { formatTable, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { runNode } from "./node.ts";
import { verdict } from "./verdict.ts";

export const audit: Run = async (given, terminal) => {
  const [name, ...words] = given.positionals;
  if (name === "verdict") {
    await verdict(given, terminal, words);
    return 0;
  }
  if (name !== undefined) throw new UsageError(`unknown argument: ${name}`);
  if (!given.flag("once")) return await runNode("audit", given, prepareAuditor);
  const path = given.text("config");
  if (path === undefined) throw new UsageError("cocoon audit needs --config FILE");
  return await auditOnce(path, terminal);
};

/** One round. What could not be looked at is told line by line, as a role's log does. */
async function auditOnce(path: string, terminal: Terminal): Promise<number> {
  const config = readAuditorConfig(readConfigFile(path));
  const logger = createLogger({
    role: "audit",
    level: "warn",
    destination: { write: (line) => terminal.note(line) },
  });
  const auditor = openAuditor(config, {
    chain: openChain(config.network, logger),
    logger,
    now: Date.now,
    passphrase: environment().passphrase,
  });
  try {
    const report = await auditor.round();
    terminal.write(describe(report, terminal));
    return report.isComplete && report.findings.length === 0 ? 0 : 1;
  } finally {
    auditor.close();
    logger.close();
  }
}

function describe({ logs, findings, isComplete }: AuditReport, { style }: Terminal): string {
  const followed = [...logs].map(([bond, { size, anchoredSize }]) => [
    bond,
    `${size} receipts verified`,
    `${anchoredSize} anchored`,
  ]);
  const found = findings.map(({ code, id, log, outcome }) => [
    code,
    log,
    `${code}-${id}.json`,
    outcome ?? "not reported",
  ]);
  const clean = isComplete ? style.good("No fault was found.") : "No fault was found so far.";
  const parts = [
    formatTable(followed),
    findings.length === 0 ? `${clean}\n` : `${style.bad("Faults:")}\n${formatTable(found)}`,
    ...(isComplete ? [] : ["Not everything could be looked at.\n"]),
  ];
  return parts.join("\n");
}
