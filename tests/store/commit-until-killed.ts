// Run by kill.test.ts: commits numbers, several at a time, and prints each one after its commit resolved.

import { writeSync } from "node:fs";
import { openStore } from "../../packages/services/src/store/index.ts";

const [, , path = ""] = process.argv;
const store = openStore(path, ["CREATE TABLE items (id INTEGER PRIMARY KEY) STRICT"], {
  isRole: true,
});
const last = store.db.prepare<{ id: bigint | null }>("SELECT max(id) AS id FROM items").get();
let next = last?.id ?? 0n;

async function commitForever(): Promise<never> {
  for (;;) {
    next += 1n;
    const id = next;
    await store.commit((db) => db.prepare("INSERT INTO items (id) VALUES (?)").run(id));
    writeSync(1, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, commitForever));
