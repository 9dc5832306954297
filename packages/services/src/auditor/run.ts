// The auditor, put together: a database, a folder of findings, and a wallet where it reports.

import { CocoonError, JsonReader, parseJson, parseNote, type RawAddress } from "@cocoon/protocol";
import { type ChainClient, createWallet, type Wallet } from "@cocoon/sdk";
import { join } from "node:path";
import { type AuditorConfig, loadSeeds, makeFolder } from "../config/index.ts";
import { errorFields, type Logger, startTicker } from "../observe/index.ts";
import { openStore } from "../store/index.ts";
import { isUrl, readProofFiles, readTextFile } from "./client-proofs.ts";
import { type BondedKey, type Finding, readBonded } from "./finding.ts";
import { FindingBook } from "./finding-book.ts";
import { Identities } from "./identities.ts";
import { LogAudit, type LogReport, type RoundMaterial } from "./log-audit.ts";
import { auditorMigrations } from "./migrations.ts";
import { reportFindings } from "./reporting.ts";
import { readNoteAt } from "./tile-reader.ts";

export type AuditorModules = {
  /** Opens the keystore, where the network needs one. */
  readonly passphrase?: string | undefined;
  readonly chain: ChainClient;
  readonly logger: Logger;
  readonly now: () => number;
};

/** What one look at everything came to. */
export type AuditReport = {
  /** By bond; a log that could not be looked at is missing. */
  readonly logs: ReadonlyMap<RawAddress, LogReport>;
  /** Everything that was ever found, the oldest first, with what became of it. */
  readonly findings: readonly (Finding & { readonly outcome: string | undefined })[];
  /** Whether every log was followed to its end. */
  readonly isComplete: boolean;
};

export type Auditor = {
  /** Where bounties go; undefined when nothing is reported. */
  readonly wallet: RawAddress | undefined;
  /** Looks at everything once, and reports. One round at a time. */
  readonly round: () => Promise<AuditReport>;
  readonly failed: Promise<CocoonError>;
  readonly close: () => void;
};

export type RunningAuditor = Pick<Auditor, "wallet" | "failed"> & {
  readonly close: () => Promise<void>;
};

const noteBytesMax = 131_072;
const identityBytesMax = 4_096;

/** Opens an auditor without starting it. Throws option_invalid and storage_failed. */
export function openAuditor(config: AuditorConfig, modules: AuditorModules): Auditor {
  const { chain, logger, now } = modules;
  const { home, network } = config;
  makeFolder(home);
  const identities = new Identities((config.identities ?? []).map(readIdentityFile));
  const wallet = config.reports ? openWallet(config, modules) : undefined;
  const store = openStore(join(home, "auditor.db"), auditorMigrations, { isRole: true });
  const book = new FindingBook({
    store,
    folder: join(home, "findings"),
    networkId: network.networkId,
    now,
    onFound: ({ code, log, id }) =>
      logger.event("fault_found", { code, contract: log, file: `${code}-${id}.json` }),
  });
  const audits = config.logs.map(
    (log) => [log.bond, new LogAudit({ store, chain, book, identities, logger }, log)] as const,
  );
  const round = async (): Promise<AuditReport> => {
    book.writeFiles();
    const material = await gather(config, identities, logger);
    const logs = new Map<RawAddress, LogReport>();
    for (const [bond, audit] of audits) {
      const report = await unlessRefused(audit.round(material), bond, logger);
      if (report !== undefined) logs.set(bond, report);
    }
    if (wallet !== undefined) await reportFindings({ book, identities, wallet, logger });
    const findings = book.list().map((finding) => {
      return { ...finding, outcome: book.outcomeOf(finding.id) };
    });
    const isComplete =
      logs.size === audits.length && [...logs.values()].every(({ failures }) => failures === 0);
    return { logs, findings, isComplete };
  };
  return { wallet: wallet?.address, round, failed: store.failed, close: () => store.close() };
}

/** Follows the logs until it is closed. Throws as openAuditor() does. */
export function runAuditor(config: AuditorConfig, modules: AuditorModules): RunningAuditor {
  const auditor = openAuditor(config, modules);
  const { logger } = modules;
  const ticker = startTicker(
    config.intervalMs,
    async () => {
      const { logs, findings, isComplete } = await auditor.round();
      const leaves = [...logs.values()].reduce((sum, { size }) => sum + size, 0);
      logger.debug("round_done", { leaves, findings: findings.length, isComplete });
    },
    (error) => logger.warn("tick_failed", errorFields(error)),
  );
  return {
    wallet: auditor.wallet,
    failed: auditor.failed,
    close: async () => {
      await ticker.stop();
      auditor.close();
    },
  };
}

function openWallet(
  { home, network }: AuditorConfig,
  { chain, passphrase }: AuditorModules,
): Wallet {
  const { networkId } = network;
  const seeds = loadSeeds(join(home, "keys.json"), ["wallet"], { networkId, passphrase });
  return createWallet({ client: chain, seed: seeds.wallet });
}

function readIdentityFile(path: string): BondedKey {
  const text = readTextFile(path, identityBytesMax);
  return readBonded(new JsonReader(parseJson(text, "option_invalid"), "option_invalid"));
}

/** What others handed in since the last round. A file or URL that is of no use is logged, and stops nothing. */
async function gather(
  { checkpoints = [], proofs: proofPaths = [] }: AuditorConfig,
  identities: Identities,
  logger: Logger,
): Promise<RoundMaterial> {
  const refuse = (file: string, { code }: CocoonError): void =>
    logger.warn("material_refused", { code, file });
  const proofs = await readProofFiles(proofPaths, refuse);
  for (const proof of proofs) {
    attempt(
      () => identities.learn(proof),
      (error) => refuse("bundle", error),
    );
  }
  const notes: string[] = [];
  for (const place of checkpoints) {
    try {
      const note = await readNote(place);
      parseNote(note);
      notes.push(note);
    } catch (error) {
      if (!(error instanceof CocoonError)) throw error;
      refuse(place, error);
    }
  }
  return { notes, proofs };
}

function attempt(task: () => void, onRefused: (error: CocoonError) => void): void {
  try {
    task();
  } catch (error) {
    if (!(error instanceof CocoonError)) throw error;
    onRefused(error);
  }
}

async function readNote(place: string): Promise<string> {
  return isUrl(place) ? await readNoteAt(place) : readTextFile(place, noteBytesMax);
}

/** What the chain does not say now is asked again in the next round. */
async function unlessRefused(
  promise: Promise<LogReport>,
  contract: RawAddress,
  logger: Logger,
): Promise<LogReport | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof CocoonError) || error.code === "storage_failed") throw error;
    logger.warn("log_unaudited", { code: error.code, contract });
    return undefined;
  }
}
