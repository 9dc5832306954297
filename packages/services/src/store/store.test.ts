import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Database } from "./database.ts";
import { insertRows } from "./insert-rows.ts";
import { openStore, type Store } from "./store.ts";

const tables = `
  CREATE TABLE items (id INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE parts (item INTEGER REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED) STRICT;
  CREATE TABLE blobs (body BLOB NOT NULL) STRICT;`;

function createFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-store-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function openItems(context: TestContext, migrations: readonly string[] = [tables]): Store {
  const store = openStore(join(createFolder(context), "role.db"), migrations);
  context.after(() => store.close());
  return store;
}

function insert(db: Database, id: bigint): bigint {
  db.prepare("INSERT INTO items (id) VALUES (?)").run(id);
  return id;
}

function listIds(store: Store): unknown[] {
  return store.db
    .prepare<{ id: bigint }>("SELECT id FROM items ORDER BY id")
    .all()
    .map((row) => row.id);
}

function isStorageFailure(error: unknown): boolean {
  return error instanceof CocoonError && error.code === "storage_failed";
}

/** A work whose COMMIT fails: a part of an item that is not there, checked when the transaction ends. */
function orphan(db: Database): void {
  db.prepare("INSERT INTO parts (item) VALUES (404)").run();
}

test("openStore() refuses a folder that is not there, a file that is no database, and SQL that is none", (context) => {
  const folder = createFolder(context);
  assert.throws(() => openStore(join(folder, "absent", "role.db"), []), isStorageFailure);
  const text = join(folder, "text.db");
  writeFileSync(text, "This is not a database. ".repeat(100));
  assert.throws(() => openStore(text, []), isStorageFailure);
  assert.throws(() => openStore(join(folder, "role.db"), ["CREATE NOTHING"]), isStorageFailure);
});

test("openStore() makes files that only their owner can read, and tightens older ones", (context) => {
  const folder = createFolder(context);
  const path = join(folder, "role.db");
  writeFileSync(path, "", { mode: 0o644 });
  const store = openStore(path, [tables]);
  context.after(() => store.close());
  store.transaction((db) => insert(db, 1n));
  const modes = readdirSync(folder)
    .toSorted()
    .map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  assert.deepEqual(modes, [
    ["role.db", 0o600],
    ["role.db-shm", 0o600],
    ["role.db-wal", 0o600],
  ]);
});

test("openStore() writes ahead, syncs fully and holds foreign keys", (context) => {
  const store = openItems(context);
  const read = (name: string) => store.db.prepare(`SELECT * FROM pragma_${name}`).get();
  assert.deepEqual(read("journal_mode"), { journal_mode: "wal" });
  assert.deepEqual(read("synchronous"), { synchronous: 2n });
  assert.deepEqual(read("foreign_keys"), { foreign_keys: 1n });
});

test("openStore() applies each migration once, wherever in the list it stands", (context) => {
  const path = join(createFolder(context), "role.db");
  const open = (...migrations: string[]) => openStore(path, migrations).close();
  open(tables);
  open(tables);
  open("CREATE TABLE added (id INTEGER) STRICT", tables, "INSERT INTO added VALUES (1)");
  const store = openStore(path, [
    tables,
    "CREATE TABLE added (id INTEGER) STRICT",
    "INSERT INTO added VALUES (1)",
  ]);
  context.after(() => store.close());
  assert.deepEqual(store.db.prepare("SELECT id FROM added").all(), [{ id: 1n }]);
});

test("openStore() refuses a migration that changed, one that is gone, and applies none of a list that fails", (context) => {
  const path = join(createFolder(context), "role.db");
  openStore(path, [tables]).close();
  assert.throws(() => openStore(path, [`${tables} `]), isStorageFailure);
  assert.throws(() => openStore(path, []), isStorageFailure);
  assert.throws(() => openStore(path, [tables, tables]), RangeError);
  const half = "CREATE TABLE half (id INTEGER) STRICT";
  assert.throws(() => openStore(path, [tables, half, "CREATE NOTHING"]), isStorageFailure);
  const store = openStore(path, [tables]);
  context.after(() => store.close());
  assert.throws(() => store.db.prepare("SELECT * FROM half"));
});

test("transaction() undoes what a work wrote before it threw", (context) => {
  const store = openItems(context);
  const thrown = new Error("no");
  const fail = () =>
    store.transaction((db) => {
      insert(db, 1n);
      throw thrown;
    });
  assert.throws(fail, thrown);
  assert.equal(
    store.transaction((db) => insert(db, 2n)),
    2n,
  );
  assert.deepEqual(listIds(store), [2n]);
});

test("transaction() does not nest and takes no asynchronous work", (context) => {
  const store = openItems(context);
  const nest = () => store.transaction(() => store.transaction((db) => insert(db, 1n)));
  assert.throws(nest, RangeError);
  assert.throws(() => store.transaction(async (db) => insert(db, 1n)), RangeError);
  assert.deepEqual(listIds(store), []);
});

test("commit() resolves each work of a group with its own value, and a work that throws rejects alone", async (context) => {
  const store = openItems(context);
  const outcomes = await Promise.allSettled([
    store.commit((db) => insert(db, 1n)),
    store.commit((db) => {
      insert(db, 2n);
      throw new CocoonError("voucher_stale");
    }),
    store.commit((db) => insert(db, 1n)),
    store.commit((db) => insert(db, 3n)),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : outcome.status)),
    [1n, "rejected", "rejected", 3n],
  );
  assert.deepEqual(listIds(store), [1n, 3n]);
});

test("commit() runs works in the order of the calls, before a transaction() that came later", async (context) => {
  const store = openItems(context);
  const order: string[] = [];
  const queued = store.commit(() => order.push("commit"));
  store.transaction(() => order.push("transaction"));
  await queued;
  assert.deepEqual(order, ["commit", "transaction"]);
});

test("commit() takes works from inside works and from what follows a commit", async (context) => {
  const store = openItems(context);
  let inner: Promise<bigint> | undefined;
  await store.commit(() => {
    inner = store.commit((db) => insert(db, 1n));
  });
  assert.equal(await inner, 1n);
  assert.equal(await store.commit((db) => insert(db, 2n)), 2n);
  assert.deepEqual(listIds(store), [1n, 2n]);
});

test("commit() rejects a group whose COMMIT fails; the store then refuses all writes and says so", async (context) => {
  const store = openItems(context);
  await store.commit((db) => insert(db, 1n));
  const outcomes = await Promise.allSettled([
    store.commit((db) => insert(db, 2n)),
    store.commit(orphan),
  ]);
  for (const outcome of outcomes) {
    assert.equal(outcome.status, "rejected");
    assert.ok(isStorageFailure(outcome.reason));
  }
  assert.ok(isStorageFailure(await store.failed));
  await assert.rejects(
    store.commit((db) => insert(db, 3n)),
    isStorageFailure,
  );
  assert.throws(() => store.transaction((db) => insert(db, 3n)), isStorageFailure);
  assert.deepEqual(listIds(store), [1n]);
});

test("transaction() whose COMMIT fails stops the store too", async (context) => {
  const store = openItems(context);
  assert.throws(() => store.transaction(orphan), isStorageFailure);
  assert.ok(isStorageFailure(await store.failed));
});

/** The limit is the connection's, so it holds while the store that applied the migration is open: a full disk. */
const fullDisk = "PRAGMA max_page_count = 16";

function fill(db: Database): void {
  db.prepare("INSERT INTO blobs (body) VALUES (?)").run(new Uint8Array(200_000));
}

test("commit() on a full disk acknowledges nothing of the group, even when the work swallows the error", async (context) => {
  const swallow = (db: Database): void => {
    try {
      fill(db);
    } catch {
      // As a careless role would.
    }
  };
  for (const work of [fill, swallow]) {
    const store = openItems(context, [tables, fullDisk]);
    const outcomes = await Promise.allSettled([
      store.commit((db) => insert(db, 1n)),
      store.commit(work),
      store.commit((db) => insert(db, 2n)),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ["rejected", "rejected", "rejected"],
    );
    assert.ok(isStorageFailure(await store.failed));
    assert.deepEqual(listIds(store), []);
  }
});

test("a second process that holds the write lock costs the group a refusal, not the store", async (context) => {
  const path = join(createFolder(context), "role.db");
  const store = openStore(path, [tables], { busyTimeoutMs: 1 });
  const other = openStore(path, [tables]);
  context.after(() => {
    store.close();
    other.close();
  });
  let refused: Promise<unknown> | undefined;
  other.transaction(() => {
    refused = assert.rejects(
      store.commit((db) => insert(db, 1n)),
      isStorageFailure,
    );
    assert.throws(() => store.transaction(() => 0), isStorageFailure);
  });
  await refused;
  assert.equal(await store.commit((db) => insert(db, 2n)), 2n);
});

test("close() makes durable what is queued; afterwards the store refuses", async (context) => {
  const path = join(createFolder(context), "role.db");
  const store = openStore(path, [tables]);
  const queued = store.commit((db) => insert(db, 1n));
  store.close();
  store.close();
  assert.equal(await queued, 1n);
  await assert.rejects(
    store.commit((db) => insert(db, 2n)),
    isStorageFailure,
  );
  assert.throws(() => store.transaction(() => 0), isStorageFailure);
  const again = openStore(path, [tables]);
  context.after(() => again.close());
  assert.deepEqual(listIds(again), [1n]);
});

test("openStore() refuses a second role on one file until the first closes it, and lets others beside it", (context) => {
  const path = join(createFolder(context), "role.db");
  const role = openStore(path, [tables], { isRole: true });
  const isLocked = (error: unknown): boolean =>
    error instanceof CocoonError && error.code === "storage_locked";
  assert.throws(() => openStore(path, [tables], { isRole: true }), isLocked);
  const beside = openStore(path, [tables]);
  beside.transaction((db) => insert(db, 1n));
  assert.deepEqual(listIds(role), [1n]);
  beside.close();
  assert.throws(() => openStore(path, [tables], { isRole: true }), isLocked);
  role.close();
  openStore(path, [tables], { isRole: true }).close();
});

test("openStore() lets the file go that it could not open", (context) => {
  const path = join(createFolder(context), "role.db");
  assert.throws(() => openStore(path, ["CREATE NOTHING"], { isRole: true }), isStorageFailure);
  openStore(path, [tables], { isRole: true }).close();
});

test("commitSoon() waits for a transaction of others, and has one of its own when its time is over", async (context) => {
  const timers = new Set<() => void>();
  const store = openStore(join(createFolder(context), "role.db"), [tables], {
    after: (_delayMs, callback) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
  });
  context.after(() => store.close());
  const first = store.commitSoon((db) => insert(db, 1n));
  const second = store.commitSoon((db) => insert(db, 2n));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([listIds(store), timers.size], [[], 1]);

  const third = store.commit((db) => [...listIds(store), insert(db, 3n)]);
  assert.deepEqual(await Promise.all([first, second, third]), [1n, 2n, [1n, 2n, 3n]]);
  assert.equal(timers.size, 0);

  const alone = store.commitSoon((db) => insert(db, 4n));
  for (const callback of timers) callback();
  assert.equal(await alone, 4n);
  assert.equal(timers.size, 0);
});

test("commitSoon() is durable after close() at the latest, and rejects with what its work throws", async (context) => {
  const path = join(createFolder(context), "role.db");
  const store = openStore(path, [tables]);
  const failing = assert.rejects(
    store.commitSoon(() => {
      throw new Error("no");
    }),
    /no/,
  );
  const written = store.commitSoon((db) => insert(db, 1n));
  store.close();
  await failing;
  assert.equal(await written, 1n);
  await assert.rejects(
    store.commitSoon((db) => insert(db, 2n)),
    isStorageFailure,
  );
  const again = openStore(path, [tables]);
  context.after(() => again.close());
  assert.deepEqual(listIds(again), [1n]);
});

test("insertRows() inserts any number of rows, in their order, and none when one of them is refused", (context) => {
  const store = openItems(context);
  const insertIds = (ids: readonly number[]): void =>
    store.transaction((db) =>
      insertRows(
        db,
        "INSERT INTO items (id)",
        ids.map((id) => [id]),
      ),
    );
  let next = 0;
  for (const count of [0, 1, 31, 32, 33, 100]) {
    insertIds(Array.from({ length: count }, () => (next += 1)));
  }
  assert.equal(listIds(store).length, 197);
  assert.throws(() => insertIds([...Array.from({ length: 40 }, (_, index) => 1_000 + index), 1]));
  assert.equal(listIds(store).length, 197);
});
