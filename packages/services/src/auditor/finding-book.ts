// What was found, durable before the auditor moves on, and a file for each finding.

import type { RawAddress } from "@cocoon/protocol";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Database, Store } from "../store/index.ts";
import {
  encodeFinding,
  type Evidence,
  type Finding,
  type FindingCode,
  findingId,
  parseFinding,
} from "./finding.ts";

export type BookModules = {
  readonly store: Store;
  /** Where the fraud-proof files lie. */
  readonly folder: string;
  readonly networkId: number;
  readonly now: () => number;
  /** Told of each new finding, once it is durable and has its file. */
  readonly onFound: (finding: Finding) => void;
};

/** A fault, before it is written down. */
export type Fault = {
  readonly code: FindingCode;
  readonly log: RawAddress;
  /** What tells it from others of its code and log. */
  readonly subject: string;
  readonly evidence: Evidence;
};

/** A log full of faults of one kind shows it with so many. */
const findingsMax = 64;
/** Reports that a chain refused are not repeated for ever: each costs gas. */
export const attemptsMax = 5;

export class FindingBook {
  readonly #modules: BookModules;

  constructor(modules: BookModules) {
    this.#modules = modules;
    mkdirSync(modules.folder, { recursive: true, mode: 0o700 });
  }

  /** Writes a fault down, unless it is known. */
  async record(fault: Fault): Promise<void> {
    await this.#modules.store.commit((db) => this.insert(db, fault));
    this.writeFiles();
  }

  /** Writes it down within a transaction; the caller calls writeFiles() after it. */
  insert(db: Database, { code, log, subject, evidence }: Fault): void {
    const { networkId, now } = this.#modules;
    const id = findingId(code, log, subject);
    const finding = { id, code, log, networkId, foundAtMs: now(), evidence };
    const { count } = db
      .prepare<{ count: bigint }>(
        "SELECT count(*) AS count FROM audit_findings WHERE code = ? AND contract = ?",
      )
      .get(code, log) ?? { count: 0n };
    if (count >= findingsMax) return;
    db.prepare(
      `INSERT INTO audit_findings (id, code, contract, found_at_ms, evidence) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ).run(id, code, log, finding.foundAtMs, encodeFinding(finding));
  }

  /** Everything that was found, the oldest first. */
  list(): Finding[] {
    return this.#select("");
  }

  /** What no contract has been told, or has not believed. */
  unreported(): Finding[] {
    return this.#select(`WHERE outcome IS NULL AND attempts < ${attemptsMax}`);
  }

  /** What became of a finding: a transaction's hash, or why there is none. */
  outcomeOf(id: string): string | undefined {
    const row = this.#modules.store.db
      .prepare<{ outcome: string | null }>("SELECT outcome FROM audit_findings WHERE id = ?")
      .get(id);
    return row?.outcome ?? undefined;
  }

  async settle(id: string, outcome: string): Promise<void> {
    await this.#modules.store.commit((db) =>
      db.prepare("UPDATE audit_findings SET outcome = ? WHERE id = ?").run(outcome, id),
    );
  }

  async countAttempt(id: string): Promise<void> {
    await this.#modules.store.commit((db) =>
      db.prepare("UPDATE audit_findings SET attempts = attempts + 1 WHERE id = ?").run(id),
    );
  }

  /** Writes the files that are not there; what lies in the database is the truth. */
  writeFiles(): void {
    const { folder, onFound } = this.#modules;
    for (const finding of this.list()) {
      const path = join(folder, `${finding.code}-${finding.id}.json`);
      if (existsSync(path)) continue;
      writeFileSync(`${path}.new`, encodeFinding(finding), { mode: 0o600, flush: true });
      renameSync(`${path}.new`, path);
      onFound(finding);
    }
  }

  #select(where: string): Finding[] {
    return this.#modules.store.db
      .prepare<{ evidence: string }>(
        `SELECT evidence FROM audit_findings ${where} ORDER BY found_at_ms, id`,
      )
      .all()
      .map(({ evidence }) => parseFinding(evidence));
  }
}
