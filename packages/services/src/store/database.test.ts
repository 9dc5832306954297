import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { SqlValue } from "./database.ts";
import { openStore, type Store } from "./store.ts";

const migrations = [
  "CREATE TABLE items (id INTEGER PRIMARY KEY, amount INTEGER, name TEXT, body BLOB) STRICT",
];

function openItems(context: TestContext): Store {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-database-"));
  const store = openStore(join(folder, "role.db"), migrations);
  context.after(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  return store;
}

function insert(store: Store, ...parameters: readonly SqlValue[]): unknown {
  return store.transaction((db) =>
    db
      .prepare("INSERT INTO items (amount, name, body) VALUES (?, ?, ?) RETURNING *")
      .get(...parameters),
  );
}

test("prepare() gives back integers as bigint and byte strings as plain Uint8Arrays", (context) => {
  const store = openItems(context);
  const bytes = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
  assert.deepEqual(insert(store, 2n ** 63n - 1n, "a", bytes), {
    id: 1n,
    amount: 9_223_372_036_854_775_807n,
    name: "a",
    body: Uint8Array.of(2, 3),
  });
  assert.deepEqual(insert(store, -(2n ** 63n), "", new Uint8Array()), {
    id: 2n,
    amount: -9_223_372_036_854_775_808n,
    name: "",
    body: new Uint8Array(),
  });
  insert(store, 7, null, null);
  const rows = store.db.prepare("SELECT * FROM items WHERE id > ? ORDER BY id").all(1);
  assert.equal(rows.length, 2);
  assert.deepEqual(rows[1], { id: 3n, amount: 7n, name: null, body: null });
});

test("get() gives undefined and all() an empty list where nothing matches", (context) => {
  const { db } = openItems(context);
  assert.equal(db.prepare("SELECT * FROM items WHERE id = ?").get(1n), undefined);
  assert.deepEqual(db.prepare("SELECT * FROM items").all(), []);
});

test("run() counts the rows it changed", (context) => {
  const store = openItems(context);
  for (const name of ["a", "b"]) insert(store, 1n, name, null);
  const update = (name: string) =>
    store.transaction((db) => db.prepare("UPDATE items SET amount = 2 WHERE name != ?").run(name));
  assert.equal(update("").changes, 2);
  assert.equal(update("a").changes, 1);
});

const refused: readonly (readonly [string, SqlValue])[] = [
  ["an amount of 2^63", 2n ** 63n],
  ["an amount below -2^63", -(2n ** 63n) - 1n],
  ["a fraction", 0.5],
  ["a number beyond 2^53", 2 ** 60],
  ["a text with a NUL", "a\0b"],
];

for (const [what, value] of refused) {
  test(`run() refuses ${what} before the driver sees it`, (context) => {
    const store = openItems(context);
    assert.throws(() => insert(store, value, null, null), RangeError);
    assert.deepEqual(store.db.prepare("SELECT count(*) AS count FROM items").get(), { count: 0n });
  });
}

test("run() refuses booleans, undefined and objects, on which the driver aborts the process", (context) => {
  const store = openItems(context);
  const values: unknown[] = [true, undefined, {}, [1n]];
  // oxlint-disable-next-line no-unsafe-type-assertion -- what the types forbid
  for (const value of values as SqlValue[]) {
    assert.throws(() => insert(store, value, null, null), RangeError);
  }
});

test("run() refuses too few and too many parameters", (context) => {
  const store = openItems(context);
  assert.throws(() => insert(store, 1n, null), RangeError);
  assert.throws(() => insert(store, 1n, null, null, null), RangeError);
  assert.deepEqual(store.db.prepare("SELECT '?' AS mark -- ?").all(), [{ mark: "?" }]);
});

test("prepare() leaves transactions to the store and takes one statement with plain parameters", (context) => {
  const { db } = openItems(context);
  const statements = [
    "BEGIN",
    " commit",
    "-- now\nROLLBACK",
    "PRAGMA synchronous = OFF",
    "SELECT 1; SELECT 2",
    "SELECT ?1",
    "SELECT :name",
  ];
  for (const sql of statements) assert.throws(() => db.prepare(sql), RangeError, sql);
});

test("run() and get() refuse to write outside of a transaction", (context) => {
  const { db } = openItems(context);
  assert.throws(() => db.prepare("DELETE FROM items").run(), RangeError);
  const sql = "INSERT INTO items (amount) VALUES (?) RETURNING id";
  assert.throws(() => db.prepare(sql).get(1n), RangeError);
  assert.throws(() => db.prepare("REPLACE INTO items (id) VALUES (1)").run(), RangeError);
});

test("a statement of a closed store refuses to run", (context) => {
  const store = openItems(context);
  const statement = store.db.prepare("SELECT 1");
  store.close();
  assert.throws(() => statement.all(), RangeError);
  assert.throws(() => store.db.prepare("SELECT 1"), RangeError);
});
