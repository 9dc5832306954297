import { CocoonError } from "@cocoon/protocol";
import Driver from "libsql";
import { chmodSync, closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { CheckedDatabase, type Database } from "./database.ts";
import { lockFile } from "./lock.ts";
import { migrate } from "./migrate.ts";

export type StoreOptions = {
  /** How long a write waits, with the event loop, for another process that writes. Default 30,000. */
  readonly busyTimeoutMs?: number;
  /**
   * Whether this is the role whose books these are: while it has the store open no other role may open the same file.
   * Others may read and write it beside the role, as the command line does.
   */
  readonly isRole?: boolean;
  /** Calls once after a delay and returns what cancels that. Default: this process's timers. */
  readonly after?: (delayMs: number, callback: () => void) => () => void;
};

/** How long a work that nobody waits for may wait for others. */
const soonMs = 25;

type Queued = {
  /** Runs the work; returns what tells the caller once the group is durable. */
  readonly run: (db: Database) => () => void;
  readonly reject: (error: unknown) => void;
};

type Control = "SAVEPOINT work" | "RELEASE work" | "COMMIT";

/**
 * The tables of one role in one SQLite file: write-ahead log, fully synchronous.
 *
 * Contract: when transaction() returns, and when a promise of commit() or commitSoon() resolves, the writes survive a
 * crash of the process and of the machine. Writes take effect in the order of the calls. One process writes to a file
 * at a time.
 *
 * When a COMMIT fails nobody knows what is on disk. The store then refuses every further write, `failed` resolves,
 * and the role has to stop: what start-up finds in the file is the truth.
 */
export class Store {
  /** For reading at any time; writes belong inside transaction() or commit(). */
  readonly db: Database;
  /** Resolves when a write failed in a way that leaves the file uncertain. Never rejects. */
  readonly failed: Promise<CocoonError>;
  readonly #driver: Driver.Database;
  readonly #checked: CheckedDatabase;
  readonly #unlock: () => void;
  readonly #after: NonNullable<StoreOptions["after"]>;
  /** Prepared: exec() parses its statement each time, which costs as much as a small write. */
  readonly #controls = new Map<Control, ReturnType<Driver.Database["prepare"]>>();
  #reportFailure: (failure: CocoonError) => void = () => {};
  #failure: CocoonError | undefined;
  #closed = false;
  #queue: Queued[] = [];
  /** Whether the queue is written in this turn of the event loop. */
  #isDue = false;
  #cancelSoon: (() => void) | undefined;

  /** Takes over a driver whose tables are ready; callers use openStore(). */
  constructor(driver: Driver.Database, unlock: () => void, after: StoreOptions["after"]) {
    this.#driver = driver;
    this.#unlock = unlock;
    this.#after = after ?? callAfter;
    this.#checked = new CheckedDatabase(driver);
    this.db = this.#checked;
    this.failed = new Promise((resolve) => {
      this.#reportFailure = resolve;
    });
  }

  /** Runs the work in a transaction of its own, durable on return. What it throws undoes it and is thrown on. */
  transaction<Value>(work: (db: Database) => Value): Value {
    this.#assertUsable();
    if (this.#driver.inTransaction) throw new RangeError("transactions do not nest");
    this.#flush();
    this.#begin();
    let value: Value;
    try {
      value = assertSynchronous(work(this.db));
    } catch (error) {
      this.#undo("ROLLBACK", error);
      throw error;
    }
    this.#control("COMMIT");
    return value;
  }

  /**
   * Queues the work for the transaction that all works queued in this turn of the event loop share, and with it one
   * fsync. Resolves when it is durable. A work that throws is undone and rejects alone.
   */
  commit<Value>(work: (db: Database) => Value): Promise<Value> {
    const durable = this.#enqueue(work);
    if (!this.#isDue) setImmediate(() => this.#flush());
    this.#isDue = true;
    return durable;
  }

  /**
   * As commit(), for what nobody waits for: the work shares the next transaction and its fsync, and has one of its own
   * only when 25 ms bring no other.
   */
  commitSoon<Value>(work: (db: Database) => Value): Promise<Value> {
    const durable = this.#enqueue(work);
    this.#cancelSoon ??= this.#after(soonMs, () => this.#flush());
    return durable;
  }

  /** Makes durable what is queued and closes the file. Closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    if (this.#driver.inTransaction) throw new RangeError("a work cannot close the store");
    this.#flush();
    this.#closed = true;
    this.#checked.close();
    this.#controls.clear();
    try {
      if (this.#failure === undefined) this.#driver.pragma("wal_checkpoint(TRUNCATE)");
    } catch {
      // Somebody else reads the file: its log stays, and the next start reads it.
    } finally {
      this.#driver.close();
      this.#unlock();
    }
  }

  async #enqueue<Value>(work: (db: Database) => Value): Promise<Value> {
    this.#assertUsable();
    return await new Promise<Value>((resolve, reject) => {
      this.#queue.push({
        reject,
        run: (db) => {
          const value = assertSynchronous(work(db));
          return () => resolve(value);
        },
      });
    });
  }

  #flush(): void {
    const group = this.#queue;
    this.#queue = [];
    this.#isDue = false;
    this.#cancelSoon?.();
    this.#cancelSoon = undefined;
    if (group.length === 0) return;
    try {
      this.#begin();
      const outcomes = group.map((queued) => this.#runOne(queued));
      this.#control("COMMIT");
      for (const tell of outcomes) tell();
    } catch (error) {
      for (const queued of group) queued.reject(error);
    }
  }

  #runOne(queued: Queued): () => void {
    this.#control("SAVEPOINT work");
    let tell: () => void;
    try {
      tell = queued.run(this.db);
    } catch (error) {
      this.#undo("ROLLBACK TO work", error);
      tell = () => queued.reject(error);
    }
    this.#control("RELEASE work");
    return tell;
  }

  /** Nothing is written before this succeeds: when it fails, say because another process writes, nothing is uncertain. */
  #begin(): void {
    this.#assertUsable();
    try {
      this.#driver.exec("BEGIN IMMEDIATE");
    } catch (cause) {
      throw new CocoonError("storage_failed", { reason: "cannot begin to write" }, { cause });
    }
  }

  #control(statement: Control): void {
    try {
      this.#prepared(statement).run([]);
    } catch (cause) {
      throw this.#fail(cause);
    }
  }

  #prepared(statement: Control): ReturnType<Driver.Database["prepare"]> {
    let prepared = this.#controls.get(statement);
    if (prepared === undefined) {
      prepared = this.#driver.prepare(statement);
      this.#controls.set(statement, prepared);
    }
    return prepared;
  }

  /** Undoes a work. On a full disk and on I/O errors SQLite has already given up the whole transaction by itself. */
  #undo(statement: "ROLLBACK" | "ROLLBACK TO work", error: unknown): void {
    try {
      this.#driver.exec(statement);
    } catch {
      throw this.#fail(error);
    }
  }

  #fail(cause: unknown): CocoonError {
    this.#failure ??= new CocoonError(
      "storage_failed",
      { reason: "a write failed and nothing more is written" },
      { cause },
    );
    try {
      if (this.#driver.inTransaction) this.#driver.exec("ROLLBACK");
    } catch {
      // The process is about to stop; start-up rolls back.
    }
    this.#reportFailure(this.#failure);
    return this.#failure;
  }

  #assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new CocoonError("storage_failed", { reason: "the store is closed" });
  }
}

function callAfter(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}

/** What a work does after its first await would miss the transaction. */
function assertSynchronous<Value>(value: Value): Value {
  if (value instanceof Promise) throw new RangeError("a work of the store is synchronous");
  return value;
}

/**
 * Opens or creates the file, readable by its owner alone, and brings its tables up to date. Throws storage_failed
 * when the file cannot be used: no such folder, not a database, or tables of another release; and storage_locked where
 * another role has it.
 */
export function openStore(
  path: string,
  migrations: readonly string[],
  { busyTimeoutMs = 30_000, isRole = false, after }: StoreOptions = {},
): Store {
  let driver: Driver.Database | undefined;
  let unlock = (): void => {};
  try {
    createPrivateFile(path);
    if (isRole) unlock = lockFile(`${path}.lock`);
    driver = new Driver(path, { timeout: busyTimeoutMs });
    driver.pragma("journal_mode = WAL");
    driver.pragma("synchronous = FULL");
    driver.pragma("foreign_keys = ON");
    driver.defaultSafeIntegers(true);
    migrate(driver, migrations);
    return new Store(driver, unlock, after);
  } catch (cause) {
    driver?.close();
    unlock();
    if (cause instanceof CocoonError || cause instanceof RangeError) throw cause;
    throw new CocoonError("storage_failed", { reason: "cannot open the database" }, { cause });
  }
}

/**
 * SQLite gives its log files the mode of the database, so the mode is set before SQLite sees the file. One that is there is
 * not opened: on POSIX, closing a file drops all locks that this process has on it, SQLite's too.
 */
function createPrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  if (process.platform === "win32") return; // Windows opens no folders and needs no fsync of them.
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}
