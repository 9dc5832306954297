import { CocoonError, nanotons, networkIds, type RawAddress } from "@cocoon/protocol";
import { Address, Cell, type StateInit, type TupleItem } from "@ton/core";
import { createHash } from "node:crypto";
import { type AccountView, viewAccount } from "./account.ts";
import { Archive } from "./archive.ts";
import type { Block } from "./block.ts";
import { runCascade } from "./cascade.ts";
import { devnetConfig } from "./config.ts";
import { type Fees, feesOf } from "./fees.ts";
import type { History, TransactionRow } from "./history.ts";
import { externalMessage, type Incoming, mintMessage, parseExternal } from "./message.ts";
import {
  encodeRecord,
  type LedgerRecord,
  ledgerVersion,
  type StoredTransaction,
} from "./record.ts";
import { createMemoryStorage, openStorage, type Storage } from "./storage.ts";
import { type StateProof, type Workchain, World } from "../state/index.ts";
import { createTvm, type GetMethodOutput, type Tvm } from "./tvm.ts";

export type LedgerOptions = {
  /** Folder of the chain, created when absent. Without it the chain is in memory alone. */
  readonly home?: string;
  /** How long after its first transaction a block is sealed; 0 seals one for each message. */
  readonly blockMs: number;
  /** How many records may be read at a start beyond the last snapshot; more on a chain of many. */
  readonly snapshotEvery: number;
  /** The wall clock, Unix seconds. */
  readonly nowSeconds: () => number;
  /** Told when the disk has failed, perhaps more than once: nothing is acknowledged after that. */
  readonly onFailure: (error: unknown) => void;
};

/** What has become durable: a message with all that followed from it, or the block that seals what was open. */
export type LedgerEvent = {
  readonly kind: "executed" | "sealed";
  /** In order of execution. */
  readonly rows: readonly TransactionRow[];
};

/** An account after a block, with the proof of it. */
export type ProvenState = StateProof & { readonly block: Block };

/** Messages that wait for execution; a client that sends more must wait itself. At 5 ms each, 5 s. */
const waitingMax = 1_000;
/** At about 3 ms each, one message may keep the chain busy for 12 s. A wallet sends 255 at most. */
const transactionsMax = 4_096;
/** Ten years: what a clock may be moved by in all. */
const offsetSecondsMax = 315_360_000;

/**
 * A TON chain on the real TVM with one writer. What it shows is what it has executed; what it acknowledges,
 * by the promises that send, mint and advanceTime return, is durable and in order.
 */
export class Ledger {
  readonly networkId: number = networkIds.devnet;
  readonly config: Cell = devnetConfig();
  readonly #options: LedgerOptions;
  readonly #storage: Storage;
  readonly #archive: Archive;
  readonly #tvm: Tvm;
  readonly #world = new World(this.config);
  /** What the newest block's state does not have yet. */
  readonly #changed: Set<RawAddress>;
  /** Ends when the last message taken in is executed. */
  #executed: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #sealTimer: NodeJS.Timeout | undefined;
  #snapshotting: Promise<void> | undefined;
  #isClosed = false;
  readonly #watchers = new Set<(event: LedgerEvent) => void>();

  private constructor(options: LedgerOptions, storage: Storage, tvm: Tvm) {
    this.#options = options;
    this.#storage = storage;
    this.#archive = new Archive(storage.journal);
    this.#tvm = tvm;
    this.#changed = new Set(storage.state.accounts.keys());
  }

  /** Opens or creates a chain. Throws storage_corrupt or storage_failed. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const { home } = options;
    // The machine's code compiles on other threads while the journal is read.
    const tvm = createTvm(devnetConfig());
    const storage = home === undefined ? createMemoryStorage() : await openStorage(home);
    const ledger = new Ledger(options, storage, await tvm);
    if (storage.journal.count === 0) {
      void ledger.#append({
        kind: "genesis",
        version: ledgerVersion,
        networkId: networkIds.devnet,
      });
    }
    if (ledger.history.blocks.length === 0) ledger.seal();
    ledger.#scheduleSeal();
    await ledger.settled();
    return ledger;
  }

  get history(): History {
    return this.#storage.state.history;
  }

  /** The last sealed block; there always is one. */
  get lastBlock(): Block {
    const block = this.history.blocks.at(-1);
    if (block === undefined) throw new RangeError("a chain without a block");
    return block;
  }

  /** Nanotons that the faucet ever made. */
  get minted(): bigint {
    return this.#storage.state.minted;
  }

  /** The chain's clock, Unix seconds. It never goes back. */
  nowSeconds(): number {
    const { offsetSeconds, utime } = this.#storage.state;
    return Math.max(this.#options.nowSeconds() + offsetSeconds, utime);
  }

  /** All addresses that ever had a transaction. */
  addresses(): Iterable<RawAddress> {
    return this.#storage.state.accounts.keys();
  }

  account(address: RawAddress): AccountView {
    return viewAccount(this.#storage.state.account(address));
  }

  /** The bytes of a transaction. Throws storage_corrupt when the journal is damaged there. */
  transaction(row: TransactionRow): Promise<StoredTransaction> {
    return this.#archive.transaction(row);
  }

  /** Tells of everything from now on, in order, as soon as it is durable. Returns how to end that. */
  watch(onEvent: (event: LedgerEvent) => void): () => void {
    this.#watchers.add(onEvent);
    return () => this.#watchers.delete(onEvent);
  }

  /** Resolves when all that the chain shows now is durable. Throws storage_failed. */
  settled(): Promise<void> {
    return this.#storage.journal.settled();
  }

  /**
   * Executes an external message and all that follows from it. Resolves to its cell when that is durable.
   * Throws request_malformed, queue_full, or transaction_failed when the contract does not accept it.
   */
  async send(boc: Uint8Array): Promise<Cell> {
    const incoming = parseExternal(boc);
    await this.#execute(() => incoming, 0n);
    return incoming.message;
  }

  /** Makes money out of nothing. Resolves when it is durable. */
  async mint(address: RawAddress, amount: bigint): Promise<void> {
    const coins = nanotons(amount);
    await this.#execute((lt) => mintMessage(address, coins, lt), coins);
  }

  /** Moves the chain's clock forward. Throws option_invalid for more than ten years in all. */
  async advanceTime(seconds: number): Promise<void> {
    const offsetSeconds = this.#storage.state.offsetSeconds + seconds;
    if (!Number.isSafeInteger(seconds) || seconds < 0 || offsetSeconds > offsetSecondsMax) {
      throw new CocoonError("option_invalid", { option: "advanceSeconds" });
    }
    await this.#append({ kind: "time", offsetSeconds });
  }

  /** What an external message would cost. Its signature need not be right when that is asked. */
  async estimate(
    address: RawAddress,
    body: Cell,
    options: { readonly init?: StateInit; readonly ignoreSignatures: boolean },
  ): Promise<Fees> {
    const { state } = this.#storage;
    const { transaction } = await this.#tvm.runTransaction({
      message: externalMessage(address, body, options.init).message,
      account: state.account(address),
      utime: this.nowSeconds(),
      lt: state.lt + 1n,
      randomSeed: this.#randomSeed(address),
      ignoreSignatures: options.ignoreSignatures,
    });
    return feesOf(transaction);
  }

  /** Runs a get method, or undefined when the account is not active. */
  async runGetMethod(
    address: RawAddress,
    method: string | number,
    stack: readonly TupleItem[],
  ): Promise<GetMethodOutput | undefined> {
    const { code, data, balanceNanotons } = this.account(address);
    if (code === undefined) return undefined;
    return this.#tvm.runGetMethod({
      address: Address.parseRaw(address),
      code,
      data: data ?? Cell.EMPTY,
      balanceNanotons,
      method,
      stack,
      utime: this.nowSeconds(),
      randomSeed: this.#randomSeed(address),
    });
  }

  /** Puts all transactions that are in no block yet into one; makes an empty block when there are none. */
  seal(): void {
    clearTimeout(this.#sealTimer);
    this.#sealTimer = undefined;
    const { state } = this.#storage;
    const utime = this.nowSeconds();
    const { seqno, startLt, endLt, historyHash } = this.history.nextBlock(utime, state.lt);
    const { networkId } = this;
    const changed = [...this.#changed].map((address) => {
      return { ...placeOf(address), boc: state.account(address) };
    });
    this.#changed.clear();
    const names = this.#world.seal(
      { networkId, seqno, utime, startLt, endLt },
      {
        changed,
        seed: Buffer.from(historyHash, "hex"),
        previous: this.history.blocks.at(-1),
      },
    );
    void this.#append({ kind: "block", utime, historyHash, ...names });
  }

  /**
   * Proves an account, or that there is none, after a block; without one, as it is now: what is open is sealed for that.
   * Throws block_unkept when the state after that block is not kept.
   */
  proveAccount(address: RawAddress, seqno?: number): ProvenState {
    const isKept = this.history.openCount === 0 && this.#world.has(this.lastBlock.seqno);
    if (seqno === undefined && !isKept) this.seal();
    const block = seqno === undefined ? this.lastBlock : this.history.blocks[seqno - 1];
    const { workchain, key } = placeOf(address);
    const proof = block && this.#world.prove(block.seqno, workchain, key);
    if (block === undefined || proof === undefined) throw new CocoonError("block_unkept");
    return { block, ...proof };
  }

  /** Executes what was taken in, seals it, and leaves a snapshot. Takes nothing in any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#executed;
    clearTimeout(this.#sealTimer);
    try {
      if (this.history.openCount > 0) this.seal();
      await this.#snapshotting;
      await this.settled();
      if (this.#storage.journal.count > this.#storage.snapshotCount) await this.#storage.snapshot();
    } finally {
      await this.#storage.close();
    }
  }

  #randomSeed(address: RawAddress): Buffer {
    const seed = `${this.lastBlock.master.rootHash} ${address} ${this.#storage.state.lt}`;
    return createHash("sha256").update(seed).digest();
  }

  async #execute(incomingAt: (lt: bigint) => Incoming, minted: bigint): Promise<void> {
    if (this.#isClosed) throw new CocoonError("stopping");
    if (this.#waiting === waitingMax) throw new CocoonError("queue_full");
    this.#waiting += 1;
    const executed = this.#executed.then(() => this.#executeNow(incomingAt, minted));
    this.#executed = executed.catch(() => undefined);
    const { durable } = await executed.finally(() => {
      this.#waiting -= 1;
    });
    await durable;
  }

  /** Returns when the chain shows the result. */
  async #executeNow(
    incomingAt: (lt: bigint) => Incoming,
    minted: bigint,
  ): Promise<{ readonly durable: Promise<void> }> {
    const { state } = this.#storage;
    const utime = this.nowSeconds();
    const cascade = await runCascade(incomingAt(state.lt), {
      tvm: this.#tvm,
      utime,
      lt: state.lt,
      seed: this.lastBlock.master.rootHash,
      accountOf: (address) => state.account(address),
      transactionsMax,
    });
    const durable = this.#append({ kind: "execution", utime, minted, ...cascade });
    for (const { address } of cascade.accounts) this.#changed.add(address);
    this.#scheduleSeal();
    return { durable };
  }

  #append(record: LedgerRecord): Promise<void> {
    const { sequence, durable } = this.#storage.journal.append(encodeRecord(record));
    this.#storage.state.apply(record, sequence);
    durable.then(() => this.#tell(record, sequence)).catch(this.#options.onFailure);
    this.#snapshotWhenDue();
    return durable;
  }

  #tell(record: LedgerRecord, sequence: number): void {
    if (this.#watchers.size === 0) return;
    const event = this.#eventOf(record, sequence);
    if (event === undefined || event.rows.length === 0) return;
    for (const watcher of this.#watchers) watcher(event);
  }

  #eventOf(record: LedgerRecord, sequence: number): LedgerEvent | undefined {
    if (record.kind === "execution") {
      return { kind: "executed", rows: this.history.cascadeOf({ record: sequence }) };
    }
    if (record.kind !== "block") return undefined;
    const block = this.history.blocks.findLast(
      ({ historyHash }) => historyHash === record.historyHash,
    );
    return block && { kind: "sealed", rows: this.history.rowsOf(block) };
  }

  #scheduleSeal(): void {
    if (this.history.openCount === 0 || this.#sealTimer !== undefined) return;
    if (this.#options.blockMs === 0) this.seal();
    else this.#sealTimer = setTimeout(() => this.seal(), this.#options.blockMs);
  }

  /** A snapshot grows with the chain, so on a long one it is due after a quarter more, not after a fixed number. */
  #snapshotWhenDue(): void {
    const { journal, snapshotCount } = this.#storage;
    const dueCount = Math.max(this.#options.snapshotEvery, snapshotCount / 4);
    if (this.#snapshotting !== undefined || journal.count - snapshotCount < dueCount) return;
    this.#snapshotting = this.#storage
      .snapshot()
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#snapshotting = undefined;
      });
  }
}

function placeOf(address: RawAddress): { readonly workchain: Workchain; readonly key: Buffer } {
  const { workChain, hash } = Address.parseRaw(address);
  return { workchain: workChain === 0 ? 0 : -1, key: hash };
}
