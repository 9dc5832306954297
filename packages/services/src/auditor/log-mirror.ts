// An auditor's own copy of a log: every leaf and every node, so that what was once seen can be proven for ever.

import {
  equalBytes,
  fromHex,
  hashLeaf,
  MerkleTree,
  type RawAddress,
  type ReadNode,
  toHex,
  type TreeHead,
  type TreeNode,
} from "@cocoon/protocol";
import type { Database, Store } from "../store/index.ts";

/** A tree head that the log signed. */
export type SignedCheckpoint = TreeHead & {
  /** The whole note, with witnesses' lines. */
  readonly note: string;
  /** The log key's, 64 bytes. */
  readonly signature: Uint8Array;
};

/** Leaves that would be added, not yet kept. */
export type Growth = {
  readonly start: number;
  readonly entries: readonly Uint8Array[];
  readonly nodes: readonly TreeNode[];
  readonly tree: MerkleTree;
};

/** Notes that are looked at to find one of the mirror's own history: forks of a log are few. */
const notesMax = 64;

export class LogMirror {
  readonly #store: Store;
  readonly #log: RawAddress;
  #tree: MerkleTree;

  constructor(store: Store, log: RawAddress) {
    this.#store = store;
    this.#log = log;
    const row = store.db
      .prepare<{ leaves: bigint }>(
        "SELECT coalesce(max(leaf_index) + 1, 0) AS leaves FROM audited_leaves WHERE log = ?",
      )
      .get(log);
    this.#tree = MerkleTree.open(Number(row?.leaves ?? 0n), this.readNode);
  }

  get size(): number {
    return this.#tree.size;
  }

  /** The tree of any size up to now. */
  headAt(size: number): TreeHead {
    return MerkleTree.open(size, this.readNode).head();
  }

  readonly readNode: ReadNode = (level, index) =>
    this.#store.db
      .prepare<{ hash: Uint8Array }>(
        "SELECT hash FROM audited_nodes WHERE log = ? AND level = ? AND node_index = ?",
      )
      .get(this.#log, level, index)?.hash;

  /** Whether a tree is the beginning of this one. */
  contains(head: TreeHead): boolean {
    return head.size <= this.size && equalBytes(this.headAt(head.size).root, head.root);
  }

  /** The tree with more leaves. */
  extend(entries: readonly Uint8Array[]): Growth {
    let tree = this.#tree;
    const nodes: TreeNode[] = [];
    for (const entry of entries) {
      const grown = tree.append(hashLeaf(entry));
      nodes.push(...grown.nodes);
      tree = grown.tree;
    }
    return { start: this.#tree.size, entries, nodes, tree };
  }

  /** Keeps what was verified, in one durable transaction with what is found in it. `examine` writes each leaf. */
  async keep(
    { start, entries, nodes, tree }: Growth,
    examine: (db: Database, index: number, entry: Uint8Array) => void,
  ): Promise<void> {
    await this.#store.commit((db) => {
      const insert = db.prepare(
        "INSERT INTO audited_nodes (log, level, node_index, hash) VALUES (?, ?, ?, ?)",
      );
      for (const { level, index, hash } of nodes) insert.run(this.#log, level, index, hash);
      for (const [offset, entry] of entries.entries()) examine(db, start + offset, entry);
    });
    this.#tree = tree;
  }

  /** Remembers a checkpoint that the log signed, of this history or of another. */
  async remember({ size, root, note, signature }: SignedCheckpoint): Promise<void> {
    await this.#store.commit((db) => {
      db.prepare(
        `INSERT INTO audited_checkpoints (log, size, root, note, signature) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
      ).run(this.#log, size, toHex(root), note, signature);
    });
  }

  /** A checkpoint of the same size with another root: two histories. */
  rivalOf({ size, root }: TreeHead): SignedCheckpoint | undefined {
    return this.#notes("size = ? AND root <> ?", [size, toHex(root)])[0];
  }

  /** The newest checkpoint of this history that covers a leaf. */
  covering(index: number): SignedCheckpoint | undefined {
    const notes = this.#notes("size > ? AND size <= ?", [index, this.size]);
    return notes.find((checkpoint) => this.contains(checkpoint));
  }

  /** Logical time of the newest anchor that was held to this history; 0 before the first. */
  get anchoredLt(): bigint {
    const row = this.#store.db
      .prepare<{ lt: bigint }>("SELECT lt FROM audited_anchors WHERE log = ?")
      .get(this.#log);
    return row?.lt ?? 0n;
  }

  async passAnchor(lt: bigint): Promise<void> {
    await this.#store.commit((db) => {
      db.prepare(
        `INSERT INTO audited_anchors (log, lt) VALUES (?, ?)
         ON CONFLICT (log) DO UPDATE SET lt = excluded.lt`,
      ).run(this.#log, lt);
    });
  }

  #notes(where: string, parameters: readonly (number | string)[]): SignedCheckpoint[] {
    return this.#store.db
      .prepare<{ size: bigint; root: string; note: string; signature: Uint8Array }>(
        `SELECT size, root, note, signature FROM audited_checkpoints
         WHERE log = ? AND ${where} ORDER BY size DESC LIMIT ${notesMax}`,
      )
      .all(this.#log, ...parameters)
      .map(({ size, root, note, signature }) => {
        return { size: Number(size), root: fromHex(root) ?? new Uint8Array(), note, signature };
      });
  }
}
