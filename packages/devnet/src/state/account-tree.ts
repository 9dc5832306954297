// The accounts of a shard as TON keeps them. A tree is never changed: a new one shares with the old what is equal.

import { beginCell, type Builder, Cell, loadAccount } from "@ton/core";
import { prunedBranch } from "./merkle.ts";

/** The bits of an account's id, 32 bytes. */
type Key = Buffer;

type Leaf = {
  readonly key: Key;
  /** Base64 of the account's `ShardAccount`. */
  readonly boc: string;
  readonly balance: bigint;
  /** The `ShardAccount`, its account left out: a long chain would not fit into memory otherwise. */
  readonly value: Cell;
};

/** Everything below has the same first bits, and differs in the one at `at`. */
type Fork = {
  readonly at: number;
  /** Any key below. */
  readonly key: Key;
  readonly balance: bigint;
  readonly branches: readonly [Node, Node];
};

type Node = Leaf | Fork;

type MadeCells = WeakMap<Node, { readonly from: number; readonly cell: Cell }>;

const keyBits = 256;

/** An account that changed, base64 of its `ShardAccount`. */
export type ChangedAccount = { readonly key: Buffer; readonly boc: string };

/** All accounts of one shard: HashmapAugE 256 ShardAccount DepthBalanceInfo (block.tlb). */
export class AccountTree {
  readonly #root: Node | undefined;
  /** The cell of each node, by where its parent's part of the key ends. Shared by all trees that share the node. */
  readonly #cells: MadeCells;

  private constructor(root: Node | undefined, cells: MadeCells) {
    this.#root = root;
    this.#cells = cells;
  }

  static empty(): AccountTree {
    return new AccountTree(undefined, new WeakMap());
  }

  /** The tree with these accounts as they are now; one that is no more is left out. */
  with(changed: Iterable<ChangedAccount>): AccountTree {
    let root = this.#root;
    for (const { key, boc } of changed) {
      const leaf = leafOf(key, boc);
      root = leaf === undefined ? without(root, key) : inserted(root, leaf);
    }
    return new AccountTree(root, this.#cells);
  }

  /** Nanotons of all accounts. */
  get balance(): bigint {
    return this.#root?.balance ?? 0n;
  }

  /** The dictionary: ahme_root$1 root:^ extra, or ahme_empty$0 extra. */
  cell(): Cell {
    const root = this.#root;
    const builder = beginCell().storeBit(root !== undefined);
    if (root !== undefined) builder.storeRef(this.#cellOf(root, 0));
    return builder.store(storeBalance(this.balance)).endCell();
  }

  /** The cells that lead from the dictionary's root to an account, or to where it would be; with the account, if any. */
  path(key: Buffer): { readonly cells: readonly Cell[]; readonly boc: string | undefined } {
    const cells: Cell[] = [];
    let from = 0;
    let node = this.#root;
    while (node !== undefined) {
      cells.push(this.#cellOf(node, from));
      if (!("at" in node)) return { cells, boc: node.key.equals(key) ? node.boc : undefined };
      if (firstDifference(node.key, key) < node.at) break;
      from = node.at + 1;
      node = node.branches[bitAt(key, node.at)];
    }
    return { cells, boc: undefined };
  }

  #cellOf(node: Node, from: number): Cell {
    const made = this.#cells.get(node);
    if (made?.from === from) return made.cell;
    const to = "at" in node ? node.at : keyBits;
    const builder = beginCell().store(storeLabel(node.key, from, to));
    if ("at" in node) {
      for (const branch of node.branches) builder.storeRef(this.#cellOf(branch, to + 1));
    }
    builder.store(storeBalance(node.balance));
    if (!("at" in node))
      builder.storeBits(node.value.bits).storeRef(node.value.refs[0] ?? Cell.EMPTY);
    const cell = builder.endCell();
    this.#cells.set(node, { from, cell });
    return cell;
  }
}

/** Undefined for account_none$0. */
function leafOf(key: Key, boc: string): Leaf | undefined {
  const shardAccount = Cell.fromBase64(boc);
  const account = shardAccount.refs[0];
  const slice = account?.beginParse();
  if (account === undefined || !slice?.loadBit()) return undefined;
  const balance = loadAccount(slice).storage.balance.coins;
  const value = beginCell().storeBits(shardAccount.bits).storeRef(prunedBranch(account)).endCell();
  return { key, boc, balance, value };
}

function inserted(node: Node | undefined, leaf: Leaf): Node {
  if (node === undefined) return leaf;
  const difference = firstDifference(node.key, leaf.key);
  const end = "at" in node ? node.at : keyBits;
  if (difference < end) {
    const isRight = bitAt(leaf.key, difference) === 1;
    return forkOf(difference, isRight ? [node, leaf] : [leaf, node]);
  }
  if (!("at" in node)) return leaf;
  const [left, right] = node.branches;
  return bitAt(leaf.key, node.at) === 0
    ? forkOf(node.at, [inserted(left, leaf), right])
    : forkOf(node.at, [left, inserted(right, leaf)]);
}

function without(node: Node | undefined, key: Key): Node | undefined {
  if (node === undefined) return undefined;
  if (!("at" in node)) return node.key.equals(key) ? undefined : node;
  if (firstDifference(node.key, key) < node.at) return node;
  const [left, right] = node.branches;
  const isRight = bitAt(key, node.at) === 1;
  const rest = without(isRight ? right : left, key);
  if (rest === undefined) return isRight ? left : right;
  return forkOf(node.at, isRight ? [left, rest] : [rest, right]);
}

function forkOf(at: number, branches: readonly [Node, Node]): Fork {
  const [left, right] = branches;
  return { at, key: left.key, balance: left.balance + right.balance, branches };
}

function bitAt(key: Key, index: number): 0 | 1 {
  return ((key[index >> 3] ?? 0) >> (7 - (index & 7))) & 1 ? 1 : 0;
}

/** The first bit in which two keys differ, or their length. */
function firstDifference(left: Key, right: Key): number {
  for (let byte = 0; byte < left.length; byte += 1) {
    const difference = (left[byte] ?? 0) ^ (right[byte] ?? 0);
    if (difference !== 0) return 8 * byte + Math.clz32(difference) - 24;
  }
  return keyBits;
}

/** depth_balance$_ split_depth:(#<= 30) balance:CurrencyCollection */
function storeBalance(balance: bigint): (builder: Builder) => void {
  return (builder) => {
    builder.storeUint(0, 5).storeCoins(balance).storeBit(false);
  };
}

/** A part of a key, in the shortest of its three forms (block.tlb, HmLabel). */
function storeLabel(key: Key, from: number, to: number): (builder: Builder) => void {
  const length = to - from;
  const lengthBits = 32 - Math.clz32(keyBits - from);
  const first = bitAt(key, from);
  const bits = Array.from({ length }, (_, index) => bitAt(key, from + index) === 1);
  const isSame = length > 1 && bits.every((bit) => bit === (first === 1));
  return (builder) => {
    if (isSame && lengthBits < 2 * length - 1) {
      builder.storeUint(3, 2).storeBit(first).storeUint(length, lengthBits);
      return;
    }
    if (lengthBits < length) builder.storeUint(2, 2).storeUint(length, lengthBits);
    else builder.storeBit(0).storeUint((1n << BigInt(length + 1)) - 2n, length + 1);
    for (const bit of bits) builder.storeBit(bit);
  };
}
