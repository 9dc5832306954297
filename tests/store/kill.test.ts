import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openStore } from "../../packages/services/src/store/index.ts";

const script = fileURLToPath(new URL("commit-until-killed.ts", import.meta.url));

const migrations = ["CREATE TABLE items (id INTEGER PRIMARY KEY) STRICT"];

/** Lets a process commit until it has acknowledged so many, kills it, and gives back all it acknowledged. */
async function commitUntilKilled(path: string, acknowledgedCount: number): Promise<bigint[]> {
  const child = spawn(process.execPath, [...process.execArgv, script, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const acknowledged: bigint[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(BigInt(line));
    if (acknowledged.length !== acknowledgedCount) continue;
    assert.throws(() => openStore(path, migrations, { isRole: true }), { code: "storage_locked" });
    child.kill("SIGKILL");
  }
  assert.deepEqual(await exited, [null, "SIGKILL"]);
  return acknowledged;
}

test("commit() keeps what it acknowledged when the process is killed in the middle, again and again, and the file is free then", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "cocoon-kill-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "role.db");
  const acknowledged: bigint[] = [];
  for (const count of [1, 50, 333]) {
    acknowledged.push(...(await commitUntilKilled(path, count)));
  }
  assert.ok(acknowledged.length >= 384);
  const store = openStore(path, migrations, { isRole: true });
  context.after(() => store.close());
  const kept = new Set(
    store.db
      .prepare<{ id: bigint }>("SELECT id FROM items")
      .all()
      .map((row) => row.id),
  );
  assert.deepEqual(
    acknowledged.filter((id) => !kept.has(id)),
    [],
  );
});
