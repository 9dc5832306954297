import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { temporaryHome } from "../../testing/home.ts";
import { lockPath } from "../home.ts";
import { lockHome } from "./home-lock.ts";

const { signal } = new AbortController();

test("lockHome() refuses a home that another running process has, and says which", async (context) => {
  const home = temporaryHome(context);
  const holder = process.ppid;
  writeFileSync(lockPath(home), JSON.stringify({ holder, roles: [] }));
  await assert.rejects(lockHome(home, signal), (error: Error) => {
    assert.match(error.message, new RegExp(`already runs here, as process ${holder}`));
    return true;
  });
  assert.ok(existsSync(lockPath(home)));
});

test("lockHome() takes over what a process that is gone, or cut short by a crash, has left", async (context) => {
  const gone = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(gone, "exit");
  for (const left of [JSON.stringify({ holder: gone.pid, roles: [gone.pid, -1, "x"] }), "{", ""]) {
    const home = temporaryHome(context);
    writeFileSync(lockPath(home), left);
    const lock = await lockHome(home, signal);
    assert.equal(JSON.parse(readFileSync(lockPath(home), "utf8")).holder, process.pid);
    lock.release();
    assert.ok(!existsSync(lockPath(home)));
  }
});

test("lockHome() waits for the roles of a killed supervisor to end", async (context) => {
  const home = temporaryHome(context);
  const role = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  writeFileSync(lockPath(home), JSON.stringify({ holder: 0, roles: [role.pid] }));
  let hasEnded = false;
  const ended = once(role, "exit").then(() => {
    hasEnded = true;
    return undefined;
  });
  const locking = lockHome(home, signal);
  role.stdin.end();
  const lock = await locking;
  assert.ok(hasEnded);
  await ended;
  lock.record([1, 2]);
  assert.deepEqual(JSON.parse(readFileSync(lockPath(home), "utf8")).roles, [1, 2]);
  lock.release();
});
