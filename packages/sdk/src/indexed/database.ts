// A database of the browser. One file of the SDK knows IndexedDB's requests and events: this one.

import { CocoonError } from "@cocoon/protocol";

/** The stores of a client. A key is never taken from a network: a page can be served by anybody. */
export const storeNames = ["keys", "channels", "answers", "bundles", "policies"] as const;
export type StoreName = (typeof storeNames)[number];

const version = 1;

/** Resolves with a request's result. */
export function resultOf<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(failed(request.error)));
  });
}

/** Stores of one client in the origin's storage. What it throws is storage_failed. */
export class IndexedDatabase {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Opens or makes the database of this name. */
  static open(name: string, factory: IDBFactory = indexedDB): Promise<IndexedDatabase> {
    return new Promise((resolve, reject) => {
      const request = factory.open(name, version);
      request.addEventListener("upgradeneeded", () => createStores(request.result));
      request.addEventListener("error", () => reject(failed(request.error)));
      request.addEventListener("success", () => {
        const database = request.result;
        // A later release of the page, in another tab, has to change the stores.
        database.addEventListener("versionchange", () => database.close());
        resolve(new IndexedDatabase(database));
      });
    });
  }

  /** Runs requests that only read, all of them on one state. */
  async read<Value>(
    names: readonly StoreName[],
    run: (transaction: IDBTransaction) => Promise<Value>,
  ): Promise<Value> {
    return await run(this.#begin(names, "readonly"));
  }

  /**
   * Runs requests as one transaction, after any other that writes to these stores, in whichever tab. Resolves when it is
   * on the disk; when it throws, nothing of it is kept. `run` may wait for nothing but its requests.
   */
  async write<Value>(
    names: readonly StoreName[],
    run: (transaction: IDBTransaction) => Promise<Value>,
  ): Promise<Value> {
    const transaction = this.#begin(names, "readwrite");
    const done = endOf(transaction);
    // Should run() throw first, that is what is thrown.
    done.catch(() => undefined);
    try {
      const value = await run(transaction);
      await done;
      return value;
    } catch (error) {
      abort(transaction);
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }

  #begin(names: readonly StoreName[], mode: "readonly" | "readwrite"): IDBTransaction {
    try {
      return this.#database.transaction([...names], mode, { durability: "strict" });
    } catch (cause) {
      throw failed(cause);
    }
  }
}

function createStores(database: IDBDatabase): void {
  database.createObjectStore("keys");
  database.createObjectStore("bundles");
  database.createObjectStore("policies");
  database.createObjectStore("channels", { keyPath: "address" });
  const answers = database.createObjectStore("answers", { keyPath: "request" });
  answers.createIndex("byTime", "acceptedAtMs");
  answers.createIndex("byAnnounced", "announcedAs");
  // Anchored ones have no `waitingIn`, so they are not in it.
  answers.createIndex("byWaiting", ["waitingIn", "state", "acceptedAtMs"]);
}

function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(failed(transaction.error)));
  });
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It ended by itself.
  }
}

function failed(cause: unknown): CocoonError {
  return new CocoonError("storage_failed", {}, { cause });
}
