// The public log of receipts: an RFC 6962 tree whose complete nodes are kept in the proxy's database.

import {
  type AnchorRecord,
  appendSignatures,
  coseHeadLine,
  concatBytes,
  hashLeaf,
  inclusionProof,
  type LogProof,
  logOrigin,
  MerkleTree,
  type ReadNode,
  type RawAddress,
  signCheckpoint,
  type SigningKey,
  toHex,
  type TreeHead,
} from "@cocoon/protocol";
import { type Database, insertRows, type SqlValue, type Store } from "../store/index.ts";

export const receiptLogMigrations: readonly string[] = [
  `CREATE TABLE log_leaves (
     leaf_index INTEGER PRIMARY KEY,
     request TEXT NOT NULL UNIQUE,
     receipt BLOB NOT NULL
   ) STRICT;
   CREATE TABLE log_nodes (
     level INTEGER NOT NULL,
     node_index INTEGER NOT NULL,
     hash BLOB NOT NULL,
     PRIMARY KEY (level, node_index)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE log_checkpoints (
     size INTEGER PRIMARY KEY,
     note TEXT NOT NULL,
     root TEXT NOT NULL,
     anchor_transaction TEXT,
     anchor_lt TEXT,
     anchor_timestamp INTEGER
   ) STRICT;
   CREATE INDEX log_anchored ON log_checkpoints (size) WHERE anchor_transaction IS NOT NULL;`,
  // How many witnesses cosigned: clients may ask for some of them. Checkpoints of before count as cosigned by none.
  `ALTER TABLE log_checkpoints ADD COLUMN cosigned INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX log_cosigned ON log_checkpoints (cosigned, size);
   CREATE INDEX log_cosigned_anchored ON log_checkpoints (cosigned, size)
     WHERE anchor_transaction IS NOT NULL;`,
];

type CheckpointRow = {
  readonly size: bigint;
  readonly note: string;
  readonly root: string;
  readonly anchor_transaction: string | null;
  readonly anchor_lt: string | null;
  readonly anchor_timestamp: bigint | null;
};

/** A receipt as it is logged, by its request id, hex. */
export type LogEntry = { readonly request: string; readonly receipt: Uint8Array };

export type LogLeaf = { readonly index: number; readonly hash: Uint8Array };

/** Where an anchored checkpoint stands on chain. */
export type AnchorReference = Pick<AnchorRecord, "transaction" | "lt" | "timestamp">;

/** Nodes kept in memory for proofs: those of one hour share nearly all but the lowest. About 150 bytes each. */
const keptNodesMax = 32_768;

export class ReceiptLog {
  readonly #store: Store;
  readonly #key: SigningKey;
  readonly #bond: RawAddress;
  readonly #origin: string;
  /** Nodes below published checkpoints, which never change. */
  readonly #keptNodes = new Map<string, Uint8Array>();
  #tree: MerkleTree;

  constructor(store: Store, key: SigningKey, bond: RawAddress, networkId: number) {
    this.#store = store;
    this.#key = key;
    this.#bond = bond;
    this.#origin = logOrigin(networkId, bond);
    const { leaves } = store.db
      .prepare<{ leaves: bigint }>(
        "SELECT coalesce(max(leaf_index) + 1, 0) AS leaves FROM log_leaves",
      )
      .get() ?? { leaves: 0n };
    this.#tree = MerkleTree.open(Number(leaves), this.readNode);
  }

  /** Leaves that are durable. */
  get size(): number {
    return this.#tree.size;
  }

  /** The receipt of a request, if it is in the log. */
  receipt(request: string): Uint8Array | undefined {
    return this.#store.db
      .prepare<{ receipt: Uint8Array }>("SELECT receipt FROM log_leaves WHERE request = ?")
      .get(request)?.receipt;
  }

  /**
   * Appends inside the caller's transaction, as its last step: what was appended is never undone, because a COMMIT that
   * fails stops the process. When it throws, nothing is appended.
   */
  append(db: Database, entries: readonly LogEntry[]): LogLeaf[] {
    let grown = this.#tree;
    const leafRows: SqlValue[][] = [];
    const nodeRows: SqlValue[][] = [];
    const leaves = entries.map(({ request, receipt }) => {
      const leaf = { index: grown.size, hash: hashLeaf(receipt) };
      const { tree, nodes } = grown.append(leaf.hash);
      leafRows.push([leaf.index, request, receipt]);
      for (const { level, index, hash } of nodes) nodeRows.push([level, index, hash]);
      grown = tree;
      return leaf;
    });
    insertRows(db, "INSERT INTO log_leaves (leaf_index, request, receipt)", leafRows);
    insertRows(db, "INSERT INTO log_nodes (level, node_index, hash)", nodeRows);
    this.#tree = grown;
    return leaves;
  }

  /** Signs a checkpoint when the log grew since the last; it is durable before anybody can see it. */
  async publishCheckpoint(): Promise<void> {
    const head = this.#tree.head();
    if (head.size === 0 || this.#checkpoint("ORDER BY size DESC")?.size === BigInt(head.size)) {
      return;
    }
    const checkpoint = { origin: this.#origin, ...head };
    const note = appendSignatures(signCheckpoint(this.#key, checkpoint), [
      coseHeadLine(this.#key, checkpoint),
    ]);
    await this.#store.commit((db) => {
      db.prepare("INSERT INTO log_checkpoints (size, note, root) VALUES (?, ?, ?)").run(
        head.size,
        note,
        toHex(head.root),
      );
    });
  }

  /** The newest checkpoint as it is published: its size and its note. */
  newestCheckpoint(): { readonly size: number; readonly note: string } | undefined {
    const row = this.#checkpoint("ORDER BY size DESC");
    return row === undefined ? undefined : { size: Number(row.size), note: row.note };
  }

  /** Adds witnesses' signature lines to a checkpoint. */
  async addCosignatures(size: number, lines: readonly string[]): Promise<void> {
    await this.#store.commit((db) => {
      const row = db
        .prepare<{ note: string }>("SELECT note FROM log_checkpoints WHERE size = ?")
        .get(size);
      if (row === undefined) throw new RangeError("no checkpoint of this size");
      const note = appendSignatures(row.note, lines);
      db.prepare("UPDATE log_checkpoints SET note = ?, cosigned = cosigned + ? WHERE size = ?").run(
        note,
        lines.length,
        size,
      );
    });
  }

  /** Receipts from an index on, as they were logged. */
  receipts(start: number, count: number): Uint8Array[] {
    return this.#store.db
      .prepare<{ receipt: Uint8Array }>(
        "SELECT receipt FROM log_leaves WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?",
      )
      .all(start, count)
      .map((row) => row.receipt);
  }

  /** Hashes of complete nodes of one level from an index on, side by side: as a tile holds them. */
  nodes(level: number, start: number, count: number): Uint8Array {
    const rows = this.#store.db
      .prepare<{ hash: Uint8Array }>(
        `SELECT hash FROM log_nodes WHERE level = ? AND node_index >= ? AND node_index < ?
         ORDER BY node_index`,
      )
      .all(level, start, start + count);
    if (rows.length !== count) throw new RangeError("a node is not stored");
    return concatBytes(...rows.map(({ hash }) => hash));
  }

  /** A complete node of the tree, undefined when there is none. */
  readonly readNode: ReadNode = (level, index) => this.#readNode(level, index);

  /** The newest checkpoint up to this size, if it is not anchored and some time has to come for it. */
  unanchored(sizeMax: number): TreeHead | undefined {
    const newest = this.#checkpoint("WHERE size <= ? ORDER BY size DESC", BigInt(sizeMax));
    if (newest === undefined || newest.anchor_transaction !== null) return undefined;
    const size = Number(newest.size);
    const tree = MerkleTree.open(size, this.readNode);
    return tree.head();
  }

  /** Size of the newest anchored checkpoint. */
  get anchoredSize(): number {
    return Number(this.#newestAnchored()?.size ?? 0n);
  }

  /** Where the newest anchored checkpoint stands on chain. */
  get lastAnchor(): Pick<AnchorReference, "lt" | "timestamp"> | undefined {
    const { anchor_lt: lt, anchor_timestamp: timestamp } = this.#newestAnchored() ?? {};
    if (typeof lt !== "string" || typeof timestamp !== "bigint") return undefined;
    return { lt, timestamp: Number(timestamp) };
  }

  #newestAnchored(): CheckpointRow | undefined {
    return this.#checkpoint("WHERE anchor_transaction IS NOT NULL ORDER BY size DESC");
  }

  async recordAnchor(size: number, anchor: AnchorReference): Promise<void> {
    await this.#store.commit((db) => {
      db.prepare(
        `UPDATE log_checkpoints SET anchor_transaction = ?, anchor_lt = ?, anchor_timestamp = ?
         WHERE size = ?`,
      ).run(anchor.transaction, anchor.lt, anchor.timestamp, size);
    });
  }

  /**
   * Where a receipt stands: against an anchored checkpoint when one covers it, else against the newest. Of either kind
   * against one that as many witnesses cosigned as any: clients may wait for some of them.
   */
  proof(request: string): LogProof | undefined {
    const leaf = this.#store.db
      .prepare<{ leaf_index: bigint }>("SELECT leaf_index FROM log_leaves WHERE request = ?")
      .get(request);
    if (leaf === undefined) return undefined;
    const index = leaf.leaf_index;
    const covering =
      this.#mostCosigned("anchor_transaction IS NOT NULL AND size > ? ORDER BY size", index) ??
      this.#mostCosigned("size > ? ORDER BY size DESC", index);
    return covering === undefined ? undefined : this.#proofIn(covering, Number(index));
  }

  #mostCosigned(where: string, index: bigint): CheckpointRow | undefined {
    const { most } = this.#store.db
      .prepare<{ most: bigint | null }>("SELECT max(cosigned) AS most FROM log_checkpoints")
      .get() ?? { most: null };
    for (let cosigned = most ?? 0n; cosigned >= 0n; cosigned -= 1n) {
      const found = this.#checkpoint(`WHERE cosigned = ? AND ${where}`, cosigned, index);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #proofIn(row: CheckpointRow, leafIndex: number): LogProof {
    const treeSize = Number(row.size);
    const path = inclusionProof(leafIndex, treeSize, (level, index) =>
      this.#keptNode(level, index),
    );
    const { anchor_transaction: transaction, anchor_lt: lt, anchor_timestamp: timestamp } = row;
    return {
      leafIndex,
      treeSize,
      checkpoint: row.note,
      inclusion: path.map(toHex),
      ...(transaction !== null && {
        anchor: {
          bond: this.#bond,
          treeSize,
          root: row.root,
          transaction,
          lt: lt ?? "",
          timestamp: Number(timestamp),
        },
      }),
    };
  }

  #checkpoint(where: string, ...parameters: readonly bigint[]): CheckpointRow | undefined {
    return this.#store.db
      .prepare<CheckpointRow>(`SELECT * FROM log_checkpoints ${where} LIMIT 1`)
      .get(...parameters);
  }

  #keptNode(level: number, index: number): Uint8Array | undefined {
    const key = `${level}/${index}`;
    const known = this.#keptNodes.get(key) ?? this.#readNode(level, index);
    if (this.#keptNodes.size >= keptNodesMax) this.#keptNodes.clear();
    if (known !== undefined) this.#keptNodes.set(key, known);
    return known;
  }

  #readNode(level: number, index: number): Uint8Array | undefined {
    return this.#store.db
      .prepare<{ hash: Uint8Array }>(
        "SELECT hash FROM log_nodes WHERE level = ? AND node_index = ?",
      )
      .get(level, index)?.hash;
  }
}
