// One log, followed: what it signs, what it serves, what it anchored, what it promised.

import {
  CocoonError,
  equalBytes,
  hashLeaf,
  logOrigin,
  noteSignature,
  parseReceipt,
  toHex,
  type TreeHead,
  verifyCheckpoint,
  verifyPromise,
} from "@cocoon/protocol";
import { anchorDeadlineSeconds } from "@cocoon/contracts";
import {
  anchorsAfter,
  type ChainClient,
  type ProofFile,
  type ProxyBondState,
  readProxyBond,
} from "@cocoon/sdk";
import type { AuditedLog } from "../config/index.ts";
import type { Logger } from "../observe/index.ts";
import type { Store } from "../store/index.ts";
import { proveContradiction, provenLeafOf, type Rival, signedHead } from "./contradiction.ts";
import type { Fault, FindingBook } from "./finding-book.ts";
import type { Identities } from "./identities.ts";
import { LogMirror, type SignedCheckpoint } from "./log-mirror.ts";
import { auditReceipt } from "./receipt-audit.ts";
import { learnSigners } from "./signers.ts";
import { TileReader } from "./tile-reader.ts";

export type LogAuditModules = {
  readonly store: Store;
  readonly chain: ChainClient;
  readonly book: FindingBook;
  readonly identities: Identities;
  readonly logger: Logger;
};

/** What a round is given beside the log itself. */
export type RoundMaterial = {
  /** Notes of checkpoints, of any log. */
  readonly notes: readonly string[];
  /** Proof files, of any log. */
  readonly proofs: readonly ProofFile[];
};

/** What a round came to. */
export type LogReport = {
  /** Leaves that were verified, now and before. */
  readonly size: number;
  /** Leaves that the newest anchor on chain covers. */
  readonly anchoredSize: number;
  /** Steps that could not be taken: what is away or broken is tried again in the next round. */
  readonly failures: number;
};

/** Receipts that are verified and kept at once: 6 MB. */
const batchLeaves = 16_384;
/** A bond with a long past is not read to its beginning: 32 pages. */
const anchorsMax = 1_024;
/** An anchor may be ahead of the files for so long, by the chain's clock. */
const publishGraceSeconds = 600;

type Bond = Extract<ProxyBondState, { readonly logKey: Uint8Array }>;

export class LogAudit {
  readonly #modules: LogAuditModules;
  readonly #log: AuditedLog;
  readonly #mirror: LogMirror;

  constructor(modules: LogAuditModules, log: AuditedLog) {
    this.#modules = modules;
    this.#log = log;
    this.#mirror = new LogMirror(modules.store, log.bond);
  }

  /** Looks at everything once. Throws chain_* and contract_unexpected: without the key on chain nothing can be said. */
  async round({ notes, proofs }: RoundMaterial): Promise<LogReport> {
    const bond = await this.#readBond();
    const reader = new TileReader(this.#log.url);
    let failures = 0;
    const step = async (url: string, task: () => Promise<void>): Promise<void> => {
      try {
        await task();
      } catch (error) {
        if (!(error instanceof CocoonError) || error.code === "storage_failed") throw error;
        failures += 1;
        this.#modules.logger.warn("audit_incomplete", {
          code: error.code,
          contract: this.#log.bond,
          url,
        });
      }
    };
    const { url, mirrors = [] } = this.#log;
    await step(url, async () =>
      this.#follow(this.#verify(await reader.checkpoint(), bond), reader),
    );
    await step(url, () => this.#comparePastAnchors(reader));
    await step(url, () => this.#compareAnchor(bond, reader));
    for (const mirror of mirrors) {
      const other = new TileReader(mirror);
      await step(mirror, async () =>
        this.#compare(this.#verify(await other.checkpoint(), bond), other),
      );
    }
    for (const note of notes.filter((text) => this.#isOfLog(text))) {
      await step("note", () => this.#compare(this.#verify(note, bond), undefined));
    }
    for (const proof of proofs.filter(({ log }) => log.bond === this.#log.bond)) {
      await step("promise", () => this.#holdPromise(proof, bond));
    }
    const anchoredSize = bond.checkpoint?.treeSize ?? 0;
    return { size: this.#mirror.size, anchoredSize, failures };
  }

  async #readBond(): Promise<Bond> {
    const { bond: address } = this.#log;
    const bond = await readProxyBond(this.#modules.chain, address);
    if (bond !== undefined && bond.phase !== "unregistered") return bond;
    throw new CocoonError("contract_unexpected", { address, reason: "not registered" });
  }

  get #origin(): string {
    return logOrigin(this.#modules.chain.networkId, this.#log.bond);
  }

  #isOfLog(note: string): boolean {
    return note.startsWith(`${this.#origin}\n`);
  }

  /** The checkpoint that one of the bond's keys signed. Throws as verifyCheckpoint() does. */
  #verify(note: string, { logKey, formerKey }: Bond): SignedCheckpoint {
    const origin = this.#origin;
    return withEitherKey([logKey, formerKey?.logKey], (publicKey) => {
      const { size, root } = verifyCheckpoint(note, { origin, publicKey });
      return { size, root, note, signature: noteSignature(note, { name: origin, publicKey }) };
    });
  }

  /** Grows the mirror to the log's newest checkpoint, or finds why that cannot be. */
  async #follow(checkpoint: SignedCheckpoint, reader: TileReader): Promise<void> {
    while (this.#mirror.size < checkpoint.size) {
      if (!(await this.#grow(checkpoint, reader))) break;
    }
    await this.#compare(checkpoint, reader);
    if (this.#mirror.size < checkpoint.size) {
      throw new CocoonError("checkpoint_inconsistent", {
        reason: "entries",
        size: checkpoint.size,
      });
    }
  }

  /** One step of at most batchLeaves; false when what is served is not the beginning of the checkpoint's tree. */
  async #grow(checkpoint: TreeHead, reader: TileReader): Promise<boolean> {
    const { bond: log } = this.#log;
    const start = this.#mirror.size;
    const end = Math.min(checkpoint.size, start - (start % batchLeaves) + batchLeaves);
    const entries = await reader.entries(start, end, checkpoint.size);
    const growth = this.#mirror.extend(entries);
    const head = growth.tree.head();
    if (head.size !== end) throw new CocoonError("checkpoint_malformed", { reason: "entries" });
    if (!(await isBeginning(head, checkpoint, reader))) return false;
    const { book, identities } = this.#modules;
    await learnSigners(this.#modules, { hashes: entries.flatMap(claimsHashOf), reader, log });
    await this.#mirror.keep(growth, (db, index, entry) => {
      for (const fault of auditReceipt(db, { log, index, entry }, identities)) {
        book.insert(db, fault);
      }
    });
    book.writeFiles();
    return true;
  }

  /** Holds a signed checkpoint, from wherever it is, to the mirror's history. */
  async #compare(checkpoint: SignedCheckpoint, reader: TileReader | undefined): Promise<void> {
    await this.#mirror.remember(checkpoint);
    const isTwin = this.#mirror.rivalOf(checkpoint) !== undefined;
    if (!isTwin && this.#mirror.contains(checkpoint)) return;
    if (
      !isTwin &&
      checkpoint.size > this.#mirror.size &&
      (await this.#extends(checkpoint, reader))
    ) {
      return;
    }
    await this.#accuse({ ...checkpoint, signed: signedHead(checkpoint) }, reader, {
      code: "checkpoint_unproven",
      subject: `${checkpoint.size} ${toHex(checkpoint.root)}`,
      facts: { size: checkpoint.size, mirrorSize: this.#mirror.size, note: checkpoint.note },
    });
  }

  /** Whether a larger tree, as its reader serves it, begins with the mirror's; a lone note cannot be held to that. */
  async #extends(checkpoint: TreeHead, reader: TileReader | undefined): Promise<boolean> {
    if (reader === undefined || this.#mirror.size === 0) return true;
    return await isBeginning(this.#mirror.headAt(this.#mirror.size), checkpoint, reader);
  }

  /** Every anchor since the last round, with its signature: the newest one must not hide those before it. */
  async #comparePastAnchors(reader: TileReader): Promise<void> {
    const { bond } = this.#log;
    const options = { afterLt: this.#mirror.anchoredLt, transactionsMax: anchorsMax };
    const anchors = await anchorsAfter(this.#modules.chain, bond, options);
    for (const { head: signed, lt } of anchors) {
      const { size, root } = signed;
      if (size > this.#mirror.size) return;
      if (!this.#mirror.contains(signed)) {
        await this.#accuse({ size, root, signed }, reader, {
          code: "anchor_unproven",
          subject: `${size} ${toHex(root)}`,
          facts: { size, root: toHex(root), mirrorSize: this.#mirror.size },
        });
      }
      await this.#mirror.passAnchor(lt);
    }
  }

  async #compareAnchor({ checkpoint: anchored }: Bond, reader: TileReader): Promise<void> {
    if (anchored === undefined) return;
    const { treeSize: size, root, timestampSeconds } = anchored;
    const head = { size, root };
    if (this.#mirror.contains(head)) return;
    const facts = { size, root: toHex(root), mirrorSize: this.#mirror.size };
    if (size <= this.#mirror.size) {
      const subject = `${size} ${toHex(root)}`;
      await this.#accuse(head, reader, { code: "anchor_unproven", subject, facts });
    } else if ((await this.#chainSeconds()) > timestampSeconds + publishGraceSeconds) {
      await this.#record("log_behind_anchor", `${size}`, { kind: "observation", facts });
    }
  }

  /** Records the proof against two trees, or that there is none at hand. */
  async #accuse(
    rival: Rival,
    reader: TileReader | undefined,
    unproven: {
      readonly code: "checkpoint_unproven" | "anchor_unproven";
      readonly subject: string;
      readonly facts: Readonly<Record<string, string | number>>;
    },
  ): Promise<void> {
    const contradiction = await proveContradiction(this.#mirror, rival, reader);
    const { code, subject, facts } = unproven;
    if (contradiction === undefined) {
      await this.#record(code, subject, { kind: "observation", facts });
      return;
    }
    const proven = contradiction.difference === undefined ? "equivocation" : "inconsistency";
    await this.#record(proven, `${rival.size}`, { kind: "contradiction", contradiction });
  }

  /** A promise must be kept by the log's history, and before its deadline by the chain. Throws promise_invalid. */
  async #holdPromise({ promise, receipt }: ProofFile, bond: Bond): Promise<void> {
    const { index, leafHash, timestampMs } = withEitherKey(
      [bond.logKey, bond.formerKey?.logKey],
      (publicKey) => verifyPromise(promise, publicKey),
    );
    if (!equalBytes(leafHash, hashLeaf(receipt))) {
      throw new CocoonError("promise_invalid", { reason: "another receipt" });
    }
    const covering = this.#mirror.covering(index);
    if (covering !== undefined) {
      const shown = provenLeafOf(this.#mirror, index, covering.size);
      if (equalBytes(shown.leaf, leafHash)) return;
      const broken = { promise, shown: { ...shown, head: signedHead(covering) } };
      await this.#record("omission", toHex(promise), { kind: "brokenPromise", broken });
      return;
    }
    if (index < (bond.checkpoint?.treeSize ?? 0)) return;
    const isLate = (await this.#chainSeconds()) > timestampMs / 1_000 + anchorDeadlineSeconds;
    if (isLate) {
      await this.#record("delay", toHex(promise), { kind: "brokenPromise", broken: { promise } });
    }
  }

  async #chainSeconds(): Promise<number> {
    return (await this.#modules.chain.account(this.#log.bond)).seenAtSeconds;
  }

  #record(code: Fault["code"], subject: string, evidence: Fault["evidence"]): Promise<void> {
    return this.#modules.book.record({ code, log: this.#log.bond, subject, evidence });
  }
}

/** The claims that a receipt names, hex; nothing for what is no receipt. */
function claimsHashOf(entry: Uint8Array): string[] {
  try {
    return [toHex(parseReceipt(entry).claimsHash)];
  } catch (error) {
    if (error instanceof CocoonError) return [];
    throw error;
  }
}

/** Tries the key that signs now and the one before it; throws what the first says. */
function withEitherKey<Value>(
  [current, former]: readonly [Uint8Array, Uint8Array | undefined],
  verify: (publicKey: Uint8Array) => Value,
): Value {
  try {
    return verify(current);
  } catch (error) {
    if (former === undefined) throw error;
    try {
      return verify(former);
    } catch {
      throw error;
    }
  }
}

/** Whether a tree is the beginning of another, by the proof that the other's tiles give. */
async function isBeginning(head: TreeHead, whole: TreeHead, reader: TileReader): Promise<boolean> {
  if (head.size === whole.size) return equalBytes(head.root, whole.root);
  try {
    await reader.verifyBeginning(head, whole);
    return true;
  } catch (error) {
    if (error instanceof CocoonError && error.code === "checkpoint_inconsistent") return false;
    throw error;
  }
}
