import { CocoonError } from "@cocoon/protocol";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../testing/temporary.ts";
import { lockFolder } from "./lock.ts";

const isRefused = (error: unknown) =>
  error instanceof CocoonError && error.code === "storage_failed";

test("lockFolder() refuses a folder that a running process has, until that is gone", async (context) => {
  const home = await temporaryFolder(context);
  const path = join(home, "lock");
  const unlock = await lockFolder(home);
  const own = await readFile(path, "utf8");
  await unlock();
  // Another process, described as this one describes itself.
  const other = spawn("sleep", ["60"]);
  await once(other, "spawn");
  const name = await nameOf(other.pid ?? 0, own);
  await writeFile(path, name);
  await assert.rejects(lockFolder(home), isRefused);
  assert.equal(await readFile(path, "utf8"), name);
  other.kill();
  await once(other, "exit");
  await (
    await lockFolder(home)
  )();
});

test("lockFolder() takes over what a process left that is gone, and gives it back", async (context) => {
  const home = await temporaryFolder(context);
  const path = join(home, "lock");
  // The last: a number that is in use again, by a process that started at another time.
  for (const left of ["2147483646 17", "2147483646", "", "no number", `${process.pid} 1`, "1 99"]) {
    await writeFile(path, left);
    const unlock = await lockFolder(home);
    assert.equal(Number.parseInt(await readFile(path, "utf8"), 10), process.pid);
    await unlock();
    await assert.rejects(readFile(path));
  }
});

/** The lock that a process would leave: with its start time where this system tells one. */
async function nameOf(pid: number, own: string): Promise<string> {
  if (!own.includes(" ")) return String(pid);
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return `${pid} ${stat.split(" ")[21]}`;
}
